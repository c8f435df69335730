namespace MLNet.Detection.Estimators;

/// <summary>The names of the columns between a data set and a training step, unless an option gives others.</summary>
public static class TargetColumns
{
    /// <summary>Vector of float [3, height, width]: the picture as the network takes it.</summary>
    public const string Pixels = "Pixels";

    /// <summary>Vector of float [4]: horizontal and vertical scale, horizontal and vertical offset, from original to
    /// network pixels; see <see cref="Images.ResizeTransform"/>.</summary>
    public const string ResizeTransform = "ResizeTransform";

    /// <summary>Vector of int [anchors]: the box that each anchor must learn, -1 for background, -2 for
    /// ignored.</summary>
    public const string MatchedIndices = "MatchedIndices";

    /// <summary>Vector of long [anchors]: the class that each anchor must learn from 0, -1 for background, -2 for
    /// ignored.</summary>
    public const string AnchorClasses = "AnchorClasses";

    /// <summary>Vector of float [anchors, 4]: the deltas that each anchor must learn, zeros where it has no
    /// box.</summary>
    public const string AnchorBoxes = "AnchorBoxes";
}
