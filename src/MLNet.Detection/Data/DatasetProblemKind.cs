namespace MLNet.Detection.Data;

/// <summary>What was wrong with an annotation.</summary>
public enum DatasetProblemKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A box left its picture and was clipped.</summary>
    Clipped,

    /// <summary>A box without width or height was left out.</summary>
    NoSize,

    /// <summary>A box with its right edge left of its left one, or its bottom above its top, was left out.</summary>
    Swapped,

    /// <summary>A box outside of its picture was left out.</summary>
    Outside,

    /// <summary>A box without the name of a class, or of a class that does not count, was left out.</summary>
    NoClass,

    /// <summary>A picture that is missing, or cannot be read, was left out with its boxes.</summary>
    NoPicture,

    /// <summary>The boxes were parts of their pictures and were scaled to pixels.</summary>
    Scaled,

    /// <summary>Another picture was taken than the annotation names, or one is annotated twice.</summary>
    OtherPicture,
}
