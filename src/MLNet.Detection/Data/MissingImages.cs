namespace MLNet.Detection.Data;

/// <summary>What a reader does about an annotated image whose file does not exist.</summary>
public enum MissingImages
{
    /// <summary>Stops with an error that names the file.</summary>
    Error,

    /// <summary>Leaves the image out and lists it in <see cref="DetectionDataset.Problems"/>.</summary>
    Skip,

    /// <summary>Does not look: for work on annotations alone.</summary>
    Unchecked,
}
