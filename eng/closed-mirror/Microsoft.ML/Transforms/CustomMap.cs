using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>All input columns, and what the user's code makes of them, once a row.</summary>
internal sealed class CustomMap<TSrc, TDst>(
    DataViewSchema schema, ObjectReader<TSrc> reader, BoundColumn[] outputs, Action<TSrc, TDst> action)
    : RowMap(schema, schema, BoundColumn.Schema(outputs).Select(column => new DataViewSchema.DetachedColumn(column)))
    where TSrc : class, new() where TDst : class, new()
{
    protected override IEnumerable<int> Needs(int computed) =>
        InputSchema.Where(reader.Needs).Select(column => column.Index);

    protected override Func<int, Delegate> Computing(DataViewRow input)
    {
        var fill = reader.FillerFor(input);
        var (source, target) = (new TSrc(), new TDst());
        var done = -1L;
        return index => ObjectGetters.Create(outputs[index], Current);

        TDst Current()
        {
            if (done != input.Position)
            {
                fill(source);
                action(source, target);
                done = input.Position;
            }
            return target;
        }
    }
}
