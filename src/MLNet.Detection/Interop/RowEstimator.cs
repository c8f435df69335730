using Microsoft.ML;

namespace MLNet.Detection.Interop;

/// <summary>An estimator that has nothing to learn: its transformer is ready, and fitting checks the columns.</summary>
/// <typeparam name="TTransformer">What <see cref="Fit"/> gives.</typeparam>
public abstract class RowEstimator<TTransformer> : IEstimator<TTransformer> where TTransformer : RowTransformer
{
    private readonly TTransformer _transformer;

    private protected RowEstimator(TTransformer transformer) => _transformer = transformer;

    /// <summary>Checks the columns; reads no row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public TTransformer Fit(IDataView input)
    {
        _transformer.Bind(input.Schema);
        return _transformer;
    }

    /// <summary>The input's shape with the added columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        foreach (var input in _transformer.Inputs)
            input.Check(inputSchema);
        return OutputShape.Append(inputSchema, _transformer.Added);
    }
}
