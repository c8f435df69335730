namespace Microsoft.ML;

/// <summary>Learns a transformer from data.</summary>
public interface IEstimator<out TTransformer> where TTransformer : ITransformer
{
    TTransformer Fit(IDataView input);

    /// <summary>What the transformer's output will look like; throws when the input will not do.</summary>
    SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
