using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Predicts one object at a time; not for several threads at once.</summary>
public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable where TSrc : class where TDst : class, new()
{
    private readonly ITransformer transformer;
    private readonly bool ownsTransformer;
    private readonly ObjectRow<TSrc> input;
    private readonly DataViewRow output;
    private readonly Action<TDst> fill;
    private bool disposed;

    private protected PredictionEngineBase(ITransformer transformer, PredictionEngineOptions options)
    {
        this.transformer = transformer;
        ownsTransformer = options.OwnsTransformer;
        input = new(BoundColumn.Bind(typeof(TSrc), options.InputSchemaDefinition, SchemaDefinition.Direction.Read));
        var mapper = transformer.GetRowToRowMapper(input.Schema);
        OutputSchema = mapper.OutputSchema;
        var reader = new ObjectReader<TDst>(OutputSchema, options.IgnoreMissingColumns, options.OutputSchemaDefinition);
        output = mapper.GetRow(input, OutputSchema);
        fill = reader.FillerFor(output);
    }

    public DataViewSchema OutputSchema { get; }

    public TDst Predict(TSrc example)
    {
        var result = new TDst();
        Predict(example, ref result);
        return result;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        output.Dispose();
        if (ownsTransformer)
            (transformer as IDisposable)?.Dispose();
    }

    private protected void Map(TSrc example, TDst prediction)
    {
        input.Move(example);
        fill(prediction);
    }
}
