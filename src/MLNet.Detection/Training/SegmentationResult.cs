using MLNet.Detection.Segmentation;

namespace MLNet.Detection.Training;

/// <summary>What the training of a segmentation network came to.</summary>
/// <param name="Segmenter">The tuned network.</param>
/// <param name="History">The epochs.</param>
/// <param name="SkippedImages">Images that could not be read, with the reason.</param>
public sealed record SegmentationResult(
    SegmenterModel Segmenter, IReadOnlyList<EpochSummary> History, IReadOnlyList<string> SkippedImages)
    : TrainingResult(History, SkippedImages);
