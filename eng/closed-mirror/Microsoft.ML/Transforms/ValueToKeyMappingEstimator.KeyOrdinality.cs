namespace Microsoft.ML.Transforms;

public sealed partial class ValueToKeyMappingEstimator
{
    /// <summary>In which order values get their keys.</summary>
    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }
}
