namespace OnnxGraphs.Losses;

/// <summary>The shape in which a loss is returned.</summary>
public enum Reduction
{
    /// <summary>One number for the batch.</summary>
    Batch,
    /// <summary>One number an image: a vector [B] over the first axis.</summary>
    PerImage,
    /// <summary>The elements themselves, weighted, ignored ones 0, divided by nothing.</summary>
    None,
}
