namespace MLNet.Detection.Images;

/// <summary>A file format that <see cref="ImageEncoder"/> writes.</summary>
public enum ImageFormat
{
    /// <summary>Lossless.</summary>
    Png,

    /// <summary>Lossy and small: quality 95, colours at half the resolution.</summary>
    Jpeg,
}
