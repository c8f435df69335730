using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Decoded pixels with their labels; boxes in pixels of this picture.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Boxes">The objects.</param>
public sealed record LabeledPicture(RgbImage Image, IReadOnlyList<LabeledBox> Boxes);
