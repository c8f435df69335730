namespace MLNet.Detection.Scoring;

/// <summary>How soft non-maximum suppression lowers the score of a box that overlaps a better one.</summary>
public enum SoftSuppression
{
    /// <summary>s (1 - IoU) where the IoU is above the threshold.</summary>
    Linear,

    /// <summary>s exp(-IoU^2 / sigma), whatever the IoU.</summary>
    Gaussian,

    /// <summary>0 where the IoU is above the threshold: ordinary non-maximum suppression.</summary>
    Hard,
}
