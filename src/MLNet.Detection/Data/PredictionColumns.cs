using MLNet.Detection.Estimators;

namespace MLNet.Detection.Data;

/// <summary>The names of what a detector predicts, equal to those of ML.NET's own object detection.</summary>
public static class PredictionColumns
{
    /// <summary>Vector of uint keys, one an object, with the class names as key values; by falling score.</summary>
    public const string PredictedLabel = "PredictedLabel";

    /// <summary>Vector of float: x0, y0, x1, y1 of each object in original pixels.</summary>
    public const string PredictedBoundingBoxes = "PredictedBoundingBoxes";

    /// <summary>Vector of float, one an object, in [0, 1].</summary>
    public const string Score = "Score";

    /// <summary>Vector of byte: the class of each pixel, row by row, 0 for background, 1 for the first class.</summary>
    public const string PredictedMask = "PredictedMask";

    /// <summary>Int: pixels of a row of the mask, those of the upright picture.</summary>
    public const string MaskWidth = "MaskWidth";

    /// <summary>Int: rows of the mask.</summary>
    public const string MaskHeight = "MaskHeight";

    /// <summary>Vector of float: probabilities of the network's channels, [channels, height, width].</summary>
    public const string Probabilities = "Probabilities";
}
