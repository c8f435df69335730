namespace MLNet.Detection.Evaluation;

// A detection as a precision-recall curve sees it.
internal readonly record struct DetectionPoint(long CategoryId, double Score, bool IsRight);
