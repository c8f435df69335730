namespace MLNet.Detection.Evaluation;

/// <summary>One detection to be judged, as in a COCO results file.</summary>
/// <param name="ImageId">The picture it was found in.</param>
/// <param name="CategoryId">What it was taken for.</param>
/// <param name="Box">Where it was found.</param>
/// <param name="Score">How sure the detector was; only the order matters.</param>
public readonly record struct DetectionResult(long ImageId, long CategoryId, BoxXywh Box, double Score);
