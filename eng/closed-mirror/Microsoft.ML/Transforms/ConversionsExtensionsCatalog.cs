using Microsoft.ML.Internal;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Estimators that change the type of columns.</summary>
public static class ConversionsExtensionsCatalog
{
    private const int MostKeys = 1000000;

    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column of keys.</param>
    /// <param name="inputColumnName">The column of values; null for one of the same name.</param>
    /// <param name="maximumNumberOfKeys">Values found after so many are mapped to the missing key.</param>
    /// <param name="keyOrdinality">In which order values get their keys.</param>
    /// <param name="addKeyValueAnnotationsAsText">Whether values that are no text are annotated as text; not supported
    /// here.</param>
    /// <param name="keyData">A view of one column with the values, in the order of their keys; null to learn
    /// them.</param>
    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string inputColumnName = null,
        int maximumNumberOfKeys = MostKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null) =>
        catalog.MapValueToKey([new(outputColumnName, inputColumnName)], maximumNumberOfKeys, keyOrdinality,
            addKeyValueAnnotationsAsText, keyData);

    /// <inheritdoc cref="MapValueToKey(TransformsCatalog.ConversionTransforms, string, string, int,
    /// ValueToKeyMappingEstimator.KeyOrdinality, bool, IDataView)"/>
    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns,
        int maximumNumberOfKeys = MostKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null)
    {
        Check.NotNull(columns, nameof(columns));
        if (addKeyValueAnnotationsAsText)
            throw new NotSupportedException("The contract subset of ML.NET annotates values as they are; " +
                "build with the Microsoft.ML package to annotate them as text");
        return new(columns, maximumNumberOfKeys, keyOrdinality, keyData);
    }

    public static KeyToValueMappingEstimator MapKeyToValue(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string inputColumnName = null) =>
        new(new InputOutputColumnPair(outputColumnName, inputColumnName));

    public static KeyToValueMappingEstimator MapKeyToValue(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns)
    {
        Check.NotNull(columns, nameof(columns));
        return new(columns);
    }

    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column of mapped values.</param>
    /// <param name="keyValuePairs">The table.</param>
    /// <param name="inputColumnName">The column to map, no vector; null for one of the same name.</param>
    /// <param name="treatValuesAsKeyType">Whether the mapped values become keys; not supported here.</param>
    public static ValueMappingEstimator<TInputType, TOutputType> MapValue<TInputType, TOutputType>(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName,
        IEnumerable<KeyValuePair<TInputType, TOutputType>> keyValuePairs, string inputColumnName = null,
        bool treatValuesAsKeyType = false)
    {
        Check.NotNull(keyValuePairs, nameof(keyValuePairs));
        if (treatValuesAsKeyType)
            throw new NotSupportedException("The contract subset of ML.NET maps values to values only; " +
                "build with the Microsoft.ML package to map them to keys");
        return new(keyValuePairs, new(outputColumnName, inputColumnName));
    }
}
