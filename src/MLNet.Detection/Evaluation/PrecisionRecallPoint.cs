namespace MLNet.Detection.Evaluation;

/// <summary>What a detector reaches when all detections below a score are dropped.</summary>
/// <param name="Score">The lowest score that is kept.</param>
/// <param name="Precision">Right detections by all detections.</param>
/// <param name="Recall">Objects found by all objects.</param>
public readonly record struct PrecisionRecallPoint(double Score, double Precision, double Recall)
{
    /// <summary>2 P R / (P + R).</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}
