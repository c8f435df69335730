using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data.Inspection;

/// <summary>What <see cref="DatasetInspection.Of"/> looks at.</summary>
public sealed record InspectionOptions
{
    /// <summary>Two boxes of a picture that overlap by more than this IoU are one object labelled twice.</summary>
    public float DuplicateOverlap { get; init; } = 0.95f;

    /// <summary>A box with a side below this many pixels is suspicious.</summary>
    public float TinySide { get; init; } = 3;

    /// <summary>A box with one side more than this many times the other is suspicious.</summary>
    public float LongestAspect { get; init; } = 20;

    /// <summary>
    /// Whether picture files are read: to find the same picture in two parts, and pictures of another size than their
    /// annotations say. Nothing is decoded but what <see cref="DecodePictures"/> asks for.
    /// </summary>
    public bool ReadPictures { get; init; } = true;

    /// <summary>Whether the pictures that are read are decoded too: damage behind the head is found, at the cost of
    /// time.</summary>
    public bool DecodePictures { get; init; }

    /// <summary>Anchors to measure, in pixels of the network's input; null for none.</summary>
    public IReadOnlyList<Box>? Anchors { get; init; }

    /// <summary>How pictures come to the network's size; needed with <see cref="Anchors"/>.</summary>
    public ImageResize? Resize { get; init; }
}
