namespace MLNet.Detection.Data;

/// <summary>How a <see cref="DatasetFormat"/> reads.</summary>
public sealed record DatasetOptions
{
    /// <summary>
    /// The folder below which pictures are found. When null: where the format keeps them, for single files the folder
    /// of the file. Pictures of LabelMe are looked for in the same subfolder as their JSON file, then by their names alone. A YOLO
    /// data set's own file says where its pictures are; a folder that is neither above nor below them is refused.
    /// </summary>
    public string? ImageFolder { get; init; }

    /// <summary>The part of the data set, one of <see cref="DatasetFormat.Splits"/>; null for all images.</summary>
    public string? Split { get; init; }

    /// <summary>
    /// The class names in the order of the network's outputs. When null: the names that the file lists (COCO, YOLO,
    /// VoTT), or else the names found, sorted. Of a file that lists its classes, boxes of others are left out, see
    /// <see cref="DetectionDataset.WithClasses"/>; in other files a class that is not among these is an error.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>
    /// What to do about an image whose file does not exist. YOLO, Create ML and some CSV files do not say how large an
    /// image is; they cannot be read with <see cref="MissingImages.Unchecked"/>.
    /// </summary>
    public MissingImages MissingImages { get; init; } = MissingImages.Error;

    /// <summary>How corners are meant, for Pascal VOC.</summary>
    public VocCoordinates VocCoordinates { get; init; } = VocCoordinates.AsWritten;

    /// <summary>Whether outlines are read where the format has them (COCO, LabelMe, YOLO), beside boxes.</summary>
    public bool Outlines { get; init; }
}
