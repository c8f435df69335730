using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Gives an array or vector member its size; without one, the size varies from row to row.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class VectorTypeAttribute : Attribute
{
    public VectorTypeAttribute() : this([])
    {
    }

    public VectorTypeAttribute(int size) : this([size])
    {
    }

    /// <param name="dimensions">0 for a dimension that varies.</param>
    public VectorTypeAttribute(params int[] dimensions)
    {
        Check.Argument(dimensions.All(d => d >= 0), nameof(dimensions),
            "A dimension is not negative; 0 means it varies");
        Dimensions = dimensions;
    }

    internal int[] Dimensions { get; }
}
