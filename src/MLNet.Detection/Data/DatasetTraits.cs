namespace MLNet.Detection.Data;

/// <summary>What the files of a format can hold beside images and labelled boxes.</summary>
[Flags]
internal enum DatasetTraits
{
    None = 0,

    /// <summary>Marks of boxes that stand for groups.</summary>
    Crowd = 1,

    /// <summary>Pascal VOC's marks of objects that do not count.</summary>
    Difficult = 2,

    /// <summary>Areas that are not the boxes'.</summary>
    Areas = 4,

    /// <summary>A list of classes: their order, and those without boxes.</summary>
    Classes = 8,

    /// <summary>Ids of images, boxes and classes.</summary>
    Ids = 16,

    /// <summary>Outlines of objects, beside boxes.</summary>
    Outlines = 32,
}
