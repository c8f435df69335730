namespace MLNet.Detection.Reports;

/// <summary>The evaluation of one class. Numbers are 0 to 1; -1 or NaN when there was nothing to evaluate.</summary>
/// <param name="Name">The class.</param>
/// <param name="Objects">True boxes in the held-out pictures.</param>
/// <param name="Ap">Average precision, mean over IoU 0.50 to 0.95.</param>
/// <param name="Ap50">Average precision at IoU 0.50.</param>
/// <param name="F1">The best harmonic mean of precision and recall at IoU 0.50.</param>
/// <param name="PrecisionRecall">X is recall, Y precision, at IoU 0.50.</param>
public sealed record ReportClass(
    string Name, int Objects, double Ap, double Ap50, double F1, IReadOnlyList<CurvePoint> PrecisionRecall);
