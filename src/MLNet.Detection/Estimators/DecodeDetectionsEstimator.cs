using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Turns the raw outputs of a network that some other step has run, class outputs [anchors, classes] and deltas
/// [anchors, 4], into objects. Adds three columns, by default those of <see cref="PredictionColumns"/>: labels (keys
/// with the class names), boxes in original pixels and scores, by falling score. For a whole detector in one step see
/// <see cref="DetectorTransformer"/>.
/// </summary>
/// <example><code>
/// var decode = ml.Detection().DecodeDetections(anchors, ["cup", "dog"], 300, 300, DetectionDecoder.Ssd);
/// var found = decode.Fit(outputs).Transform(outputs);      // has PredictedLabel, PredictedBoundingBoxes and Score
/// </code></example>
/// <param name="options">Anchors, classes, decoding and columns.</param>
public sealed class DecodeDetectionsEstimator(DecodeDetectionsEstimator.Options options)
    : RowEstimator<DecodeDetectionsTransformer>(new(options))
{
    /// <summary>Anchors, classes, decoding and columns.</summary>
    public sealed record Options
    {
        /// <summary>The anchors, in pixels of the network's input, in the order of the network's outputs.</summary>
        public required IReadOnlyList<Box> Anchors { get; init; }

        /// <summary>Names of the classes, without background.</summary>
        public required IReadOnlyList<string> Classes { get; init; }

        /// <summary>Width of the network's input, pixels.</summary>
        public required int ImageWidth { get; init; }

        /// <summary>Height of the network's input, pixels.</summary>
        public required int ImageHeight { get; init; }

        /// <summary>From raw outputs to objects.</summary>
        public DetectionDecoder Decoder { get; init; } = DetectionDecoder.Ssd;

        /// <summary>Vector of float [anchors, classes], background among them where there is one.</summary>
        public string ClassOutputColumnName { get; init; } = TargetColumns.ClassOutputs;

        /// <summary>Vector of float [anchors, 4].</summary>
        public string BoxOutputColumnName { get; init; } = TargetColumns.BoxOutputs;

        /// <summary>Vector of 4 float, the way from original to network pixels; null, or a name that the data lacks:
        /// boxes stay in network pixels.</summary>
        public string? ResizeTransformColumnName { get; init; } = TargetColumns.ResizeTransform;

        /// <summary>The column of labels to add.</summary>
        public string PredictedLabelColumnName { get; init; } = PredictionColumns.PredictedLabel;

        /// <summary>The column of boxes to add.</summary>
        public string PredictedBoundingBoxColumnName { get; init; } = PredictionColumns.PredictedBoundingBoxes;

        /// <summary>The column of scores to add.</summary>
        public string ScoreColumnName { get; init; } = PredictionColumns.Score;
    }
}
