namespace MLNet.Detection.Data;

/// <summary>How <see cref="VocDataset.Load"/> reads.</summary>
public sealed record VocOptions
{
    /// <summary>
    /// The class names in the order of the network's outputs. When null: the names found in all annotations of the
    /// folder, sorted, so that every split of it counts the same.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>How the corners are meant.</summary>
    public VocCoordinates Coordinates { get; init; } = VocCoordinates.AsWritten;

    /// <summary>What to do about an image whose file does not exist.</summary>
    public MissingImages MissingImages { get; init; } = MissingImages.Error;

    /// <summary>The folder of the pictures; null for <c>JPEGImages</c>.</summary>
    public string? ImageFolder { get; init; }
}
