namespace MLNet.Detection.Data.Formats;

/// <summary>An image as a file says it, before it is checked.</summary>
/// <param name="FileName">Its name below the image folder.</param>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record FoundImage(string FileName, IReadOnlyList<FoundBox> Boxes, AnnotationPlace Place)
{
    /// <summary>Width and height in pixels; null when only the picture itself knows.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>Whether boxes are parts of the image instead of pixels.</summary>
    public bool Normalized { get; init; }

    /// <summary>Its id; null for the next number.</summary>
    public long? Id { get; init; }
}
