using MLNet.Detection.Networks;

namespace MLNet.Detection.Training;

/// <summary>The result of a run before it is named after what was trained.</summary>
internal sealed record TunedNetwork(
    PictureNetwork Model, IReadOnlyList<EpochSummary> History, IReadOnlyList<string> SkippedImages)
    : TrainingResult(History, SkippedImages);
