namespace MLNet.Detection.Images;

/// <summary>A picture in the size that a network takes, and the way back to the original.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Transform">From original to network pixels.</param>
public sealed record ResizedImage(RgbImage Image, ResizeTransform Transform)
{
    /// <summary>Sides of the original, pixels; 0 where they are not known.</summary>
    internal (int Width, int Height) Original { get; init; }
}
