namespace MLNet.Detection.Data;

/// <summary>How <see cref="CocoDataset.Load"/> reads.</summary>
public sealed record CocoOptions
{
    /// <summary>What to do about an image whose file does not exist.</summary>
    public MissingImages MissingImages { get; init; } = MissingImages.Error;

    /// <summary>Whether segmentations are read, beside boxes.</summary>
    public bool Outlines { get; init; }
}
