using System.Text.Json.Serialization;

namespace MLNet.Detection.Data.Inspection;

/// <summary>Something that may be wrong with labels or pictures.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Split">The part of the data set.</param>
/// <param name="Place">The image, or the place in the annotation file.</param>
/// <param name="Message">What was found.</param>
public sealed record Suspicion(SuspicionKind Kind, string Split, string Place, string Message)
{
    /// <summary>The image; null when it was left out on load.</summary>
    [JsonIgnore]
    public LabeledImage? Image { get; init; }

    /// <summary>The ids of the boxes that are meant; empty when it is the image as a whole.</summary>
    public IReadOnlyList<long> Boxes { get; init; } = [];

    internal static Suspicion Of(
        SuspicionKind kind, string split, LabeledImage image, string message, params LabeledBox[] boxes) =>
        new(kind, split, image.FileName, message) { Image = image, Boxes = [.. boxes.Select(box => box.Id)] };
}
