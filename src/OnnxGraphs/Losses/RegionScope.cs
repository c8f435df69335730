namespace OnnxGraphs.Losses;

/// <summary>Over what a region loss takes its sums.</summary>
public enum RegionScope
{
    /// <summary>Everything at once.</summary>
    Batch,
    /// <summary>Each image; the loss is the mean over the images.</summary>
    Image,
    /// <summary>
    /// Each class over the batch, classes on axis 1; the loss is the mean over the classes, and a class that no target
    /// shows counts 0. With class numbers as targets, predictions are a softmax over axis 1.
    /// </summary>
    Class,
}
