namespace MLNet.Detection.Data;

/// <summary>A part of a data set, such as the images to train on.</summary>
/// <param name="Name">Its name, such as "train"; empty when the data set has no parts.</param>
/// <param name="Dataset">The part.</param>
public sealed record DatasetSplit(string Name, DetectionDataset Dataset);
