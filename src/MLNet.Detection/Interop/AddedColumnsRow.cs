using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>An input row with the added columns; it owns the input row.</summary>
internal sealed class AddedColumnsRow : DataViewRow
{
    private readonly AddedColumnsMapper _mapper;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private RowValues? _values;

    public AddedColumnsRow(AddedColumnsMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> active)
    {
        (_mapper, _input, _active) = (mapper, input, new bool[mapper.OutputSchema.Count]);
        foreach (var column in active)
            _active[column.Index] = true;
    }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
            throw new InvalidOperationException(
                $"The column {column.Name} is not active; name it when asking for the cursor.");
        if (!_mapper.IsAdded(column))
            return _input.GetGetter<TValue>(_mapper.InputSchema[column.Index]);
        _values ??= _mapper.Open(_input);
        return _values.Getter(column.Index - _mapper.InputSchema.Count) as ValueGetter<TValue>
            ?? throw new InvalidOperationException(
                $"The column {column.Name} is {Schema[column.Index].Type.RawType}, not {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _values?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }
}
