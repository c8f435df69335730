namespace MLNet.Detection.Estimators;

/// <summary>The names of the columns between a data set and a training step, unless an option gives others.</summary>
public static class TargetColumns
{
    /// <summary>One <see cref="Images.RgbImage"/>: the decoded picture.</summary>
    public const string Picture = "Picture";

    /// <summary>Vector of float [3, height, width]: the picture as the network takes it.</summary>
    public const string Pixels = "Pixels";

    /// <summary>Vector of float [4]: horizontal and vertical scale, horizontal and vertical offset, from original to
    /// network pixels; see <see cref="Images.ResizeTransform"/>.</summary>
    public const string ResizeTransform = "ResizeTransform";

    /// <summary>Vector of float [anchors, 4]: corners in pixels of the network's input.</summary>
    public const string Anchors = "Anchors";

    /// <summary>Vector of float [anchors]: the present loss of each anchor.</summary>
    public const string AnchorLosses = "AnchorLosses";

    /// <summary>Vector of float [anchors, classes]: the raw class outputs of a network.</summary>
    public const string ClassOutputs = "ClassOutputs";

    /// <summary>Vector of float [anchors, 4]: the raw box outputs of a network.</summary>
    public const string BoxOutputs = "BoxOutputs";

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
