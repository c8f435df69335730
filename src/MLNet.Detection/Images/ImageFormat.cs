namespace MLNet.Detection.Images;

/// <summary>A file format that <see cref="ImageEncoder"/> writes.</summary>
public enum ImageFormat
{
    /// <summary>Lossless.</summary>
    Png,

    /// <summary>Lossy and small, at the quality the encoder's library sets.</summary>
    Jpeg,
}
