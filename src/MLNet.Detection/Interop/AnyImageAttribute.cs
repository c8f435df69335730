using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNet.Detection.Interop;

/// <summary>
/// Marks an <see cref="MLImage"/> of a row type, such as a prediction engine's, as a column of images of any size, which is
/// what <c>LoadImages</c> makes. ML.NET's own <see cref="ImageTypeAttribute"/> needs height and width: without them it
/// throws.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class AnyImageAttribute : DataViewTypeAttribute
{
    /// <inheritdoc/>
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);

    /// <inheritdoc/>
    public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageAttribute;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AnyImageAttribute;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(AnyImageAttribute).GetHashCode();
}
