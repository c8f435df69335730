namespace MLNet.Detection.Data.Inspection;

/// <summary>What may be wrong with labels or pictures.</summary>
public enum SuspicionKind
{
    /// <summary>Two boxes of one class lie on the same object.</summary>
    Duplicate,

    /// <summary>Two boxes of different classes lie on the same object.</summary>
    TwoClasses,

    /// <summary>A side of a box is a few pixels.</summary>
    Tiny,

    /// <summary>A box is much longer than wide, or the other way round.</summary>
    ExtremeAspect,

    /// <summary>The reader clipped or dropped a box, or left an image out.</summary>
    OnLoad,

    /// <summary>The picture is of another size than its annotations say.</summary>
    WrongSize,

    /// <summary>The picture cannot be read.</summary>
    Unreadable,

    /// <summary>Two images of a part are the same file, byte for byte.</summary>
    SamePicture,

    /// <summary>An image of one part is in another part as well: what is measured there was learnt.</summary>
    SamePictureInParts,
}
