namespace MLNet.Detection.Data;

/// <summary>A class of objects as the annotation file knows it.</summary>
/// <param name="Id">The id in the file: any number in COCO (gaps are usual), 1, 2, ... in Pascal VOC.</param>
/// <param name="Name">The name shown to people.</param>
public sealed record Category(long Id, string Name);
