namespace OnnxGraphs.Losses;

/// <summary>What the sum of a loss's elements is divided by. A count of zero divides by one.</summary>
public enum Normalizer
{
    /// <summary>Nothing: the sum itself.</summary>
    None,
    /// <summary>The number of elements that are not ignored.</summary>
    Mean,
    /// <summary>Each image's sum by the positives of that image; then the mean over the images.</summary>
    PositivesPerImage,
    /// <summary>The positives of the whole batch.</summary>
    PositivesPerBatch,
    /// <summary>The number given in <see cref="LossInputs.Normalizer"/>.</summary>
    Given,
}
