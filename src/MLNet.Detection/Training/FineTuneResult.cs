using MLNet.Detection.Detectors;

namespace MLNet.Detection.Training;

/// <summary>What the training of a detector came to.</summary>
/// <param name="Detector">The tuned detector.</param>
/// <param name="History">The epochs.</param>
/// <param name="SkippedImages">Images that could not be read, with the reason.</param>
public sealed record FineTuneResult(
    DetectorModel Detector, IReadOnlyList<EpochSummary> History, IReadOnlyList<string> SkippedImages)
    : TrainingResult(History, SkippedImages);
