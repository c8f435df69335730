namespace MLNet.Detection.Data.Formats;

/// <summary>An image as a file says it, before it is checked.</summary>
/// <param name="FileName">Its name below the image folder.</param>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record FoundImage(string FileName, IReadOnlyList<FoundBox> Boxes, AnnotationPlace Place)
{
    /// <summary>Width and height in pixels; null when only the picture itself knows.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>Whether the format says that boxes are parts of the image; else it is found out.</summary>
    public bool Normalized { get; init; }

    /// <summary>Boxes in pixels count from this number, at their left and top edges.</summary>
    public int FirstPixel { get; init; }

    /// <summary>Its id; null for the next number.</summary>
    public long? Id { get; init; }
}
