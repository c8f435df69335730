using Microsoft.ML.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Interop;

/// <summary>The type of columns whose values are decoded pictures, <see cref="RgbImage"/>. Pictures are never written
/// to once they are in a row, so that rows share them.</summary>
public sealed class PictureDataViewType : StructuredDataViewType
{
    private PictureDataViewType() : base(typeof(RgbImage))
    {
    }

    /// <summary>The one type.</summary>
    public static PictureDataViewType Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is PictureDataViewType;

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is PictureDataViewType;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(RgbImage).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => nameof(RgbImage);
}
