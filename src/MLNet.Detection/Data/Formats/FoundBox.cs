using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.Formats;

/// <summary>A labelled box as a file says it, before it is checked.</summary>
/// <param name="Label">The name of its class.</param>
/// <param name="X0">Left edge, in the unit of its image.</param>
/// <param name="Y0">Top edge.</param>
/// <param name="X1">Right edge.</param>
/// <param name="Y1">Bottom edge.</param>
/// <param name="Place">Where it stands.</param>
internal readonly record struct FoundBox(
    string Label, double X0, double Y0, double X1, double Y1, AnnotationPlace Place)
{
    public bool Crowd { get; init; }

    public bool Difficult { get; init; }

    /// <summary>Which pixels it takes, in the unit of its image.</summary>
    public Outline? Outline { get; init; }

    /// <summary>The box given by centre and size.</summary>
    public static FoundBox FromCenter(
        string label, double cx, double cy, double width, double height, AnnotationPlace place) =>
        new(label, cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2, place);
}
