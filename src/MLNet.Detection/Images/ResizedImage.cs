namespace MLNet.Detection.Images;

/// <summary>A picture in the size that a network takes, and the way back to the original.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Transform">From original to network pixels.</param>
public sealed record ResizedImage(RgbImage Image, ResizeTransform Transform);
