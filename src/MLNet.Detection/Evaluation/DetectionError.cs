namespace MLNet.Detection.Evaluation;

// An error and what an oracle makes of it. AsIs: null for missed objects, and for detections that do not count because
// they lie in a crowd. PutRight: null where the detection is taken away.
internal sealed record DetectionError(
    ErrorKind Kind, long CategoryId, DetectionPoint? AsIs, DetectionPoint? PutRight);
