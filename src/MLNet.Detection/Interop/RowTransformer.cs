using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>
/// A transformer that adds columns to each row, computed from that row alone, when they are asked for. It works in
/// chains and in prediction engines. ML.NET lets no other assembly register how a transformer is read back from a model
/// file, so <see cref="ICanSaveModel.Save"/> writes one made of ML.NET's own transformers in its place, or throws where
/// there is none and says what to keep instead.
/// </summary>
public abstract class RowTransformer : ITransformer
{
    private protected RowTransformer()
    {
    }

    /// <summary>Whether each output row follows from the input row at its place alone.</summary>
    public virtual bool IsRowToRowMapper => true;

    internal abstract IReadOnlyList<InputColumn> Inputs { get; }

    internal abstract IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    /// <summary>Columns that get new values but keep type and annotations, such as the names of labels. Those that a
    /// view lacks are left out.</summary>
    internal virtual IReadOnlyList<ReplacedColumn> Replaced => [];

    private protected virtual string HowToKeep => "Keep the options and make it anew.";

    /// <summary>The input's columns and the added ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>A lazy view with the added columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public virtual IDataView Transform(IDataView input) => new AddedColumnsView(input, Bind(input.Schema));

    /// <summary>The same for single rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException"><see cref="IsRowToRowMapper"/> is false.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => IsRowToRowMapper ? Bind(inputSchema)
        : throw new InvalidOperationException($"{GetType().Name} makes a row out of several; transform a view.");

    void ICanSaveModel.Save(ModelSaveContext ctx) => ForModelFile().Save(ctx);

    /// <summary>The same made of ML.NET's own transformers, for model files.</summary>
    /// <exception cref="NotSupportedException">There is no such thing; the message says what to keep.</exception>
    private protected virtual ITransformer ForModelFile() => throw new NotSupportedException(
        $"{GetType().Name} cannot be written into an ML.NET model file: ML.NET reads back transformers of its own "
        + $"assemblies only. {HowToKeep}");

    /// <summary>All columns that a view of this schema gets, the added ones first.</summary>
    internal DataViewSchema.DetachedColumn[] ColumnsFor(DataViewSchema schema) =>
        [.. Added, .. Replaced.Select(column => column.In(schema)).OfType<DataViewSchema.DetachedColumn>()];

    internal AddedColumnsMapper Bind(DataViewSchema inputSchema) => new(this, inputSchema);

    internal abstract RowValues Open(DataViewRow input);
}
