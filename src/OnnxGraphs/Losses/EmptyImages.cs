namespace OnnxGraphs.Losses;

/// <summary>What an image without positive anchors contributes to a loss that divides by an image's
/// positives.</summary>
public enum EmptyImages
{
    /// <summary>Nothing, neither value nor gradient (divide-no-nan).</summary>
    Skip,
    /// <summary>Its background anchors, divided by 1, as torchvision does.</summary>
    CountAsOne,
}
