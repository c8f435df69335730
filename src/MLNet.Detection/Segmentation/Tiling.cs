namespace MLNet.Detection.Segmentation;

/// <summary>
/// Pictures keep their own scale: training cuts windows of the network's size out of them, and scoring lays windows over
/// them, whose probabilities fade into each other. Without it, pictures are brought to the network's size.
/// </summary>
/// <param name="Overlap">Part of a window that it shares with the next at least, 0 to below 1.</param>
public sealed record Tiling(double Overlap = 0.25)
{
    /// <summary>Part of a window that it shares with the next at least, 0 to below 1.</summary>
    public double Overlap { get; } = Overlap is >= 0 and < 1 ? Overlap
        : throw new ArgumentOutOfRangeException(nameof(Overlap), Overlap, "Expected 0 or more, and less than 1.");
}
