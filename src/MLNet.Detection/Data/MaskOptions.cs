namespace MLNet.Detection.Data;

/// <summary>How pictures with masks are read.</summary>
public sealed record MaskOptions
{
    /// <summary>
    /// Names of the classes in the order of their numbers in the masks, without background, which is 0. Empty: as the data set
    /// says; of masks that know only "here" and "not here", and of numbers of objects, one class called <c>object</c>.
    /// </summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Whether the numbers of masks are those of objects, all of one class. Null: masks of 16 bits are, where no
    /// classes are named.</summary>
    public bool? AreObjects { get; init; }

    /// <summary>Folder of the pictures of annotation files. Null: where the format keeps them.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Folder of the masks. Null: found beside that of the pictures.</summary>
    public string? MaskFolder { get; init; }

    /// <summary>The part of the data set; null for all of it.</summary>
    public string? Split { get; init; }
}
