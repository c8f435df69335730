namespace MLNet.Detection.Evaluation;

/// <summary>
/// The evaluation of the Pascal VOC detection challenge. Everingham et al. 2010,
/// https://doi.org/10.1007/s11263-009-0275-4. A detection is right if the object that it overlaps most is of its
/// category, overlaps enough and has not been found by a detection of a higher score; equal scores keep the order
/// given. Tools differ in details, which are options here; the defaults are those of the challenge's own code.
/// </summary>
public sealed record VocEvaluation
{
    /// <summary>IoU that a right detection exceeds.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Whether an IoU equal to the threshold is enough.</summary>
    public bool AcceptAtThreshold { get; init; }

    /// <summary>Whether coordinates are indices of the first and the last pixel, so that a box is one pixel wider than
    /// the difference of its edges. True for VOC files as they are written.</summary>
    public bool InclusivePixels { get; init; } = true;

    /// <summary>Whether difficult objects are to be found like all others; false: they are neither wanted nor
    /// punished.</summary>
    public bool CountDifficult { get; init; }

    /// <summary>How average precision is taken from the curve.</summary>
    public VocInterpolation Interpolation { get; init; } = VocInterpolation.Area;

    /// <summary>Evaluates detections.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures.</param>
    /// <param name="detections">The detections in all pictures.</param>
    public VocMetrics Evaluate(IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections)
    {
        var truths = groundTruths.ToLookup(t => t.CategoryId);
        var results = detections.ToLookup(r => r.CategoryId);
        var ids = truths.Select(g => g.Key).Union(results.Select(g => g.Key)).Order();
        return new([.. ids.Select(id => Evaluate(id, truths[id], results[id]))]);
    }

    private VocCategoryMetrics Evaluate(
        long id, IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> results)
    {
        var truths = groundTruths.ToLookup(t => t.ImageId);
        var wanted = truths.Sum(image => image.Count(t => CountDifficult || !t.IsDifficult));
        var found = new HashSet<GroundTruth>(ReferenceEqualityComparer.Instance);
        var curve = new List<(double Recall, double Precision)>();
        var (right, wrong) = (0, 0);
        foreach (var result in results.OrderByDescending(r => r.Score))
        {
            var (truth, iou) = Nearest(result.Box, truths[result.ImageId]);
            var overlaps = truth is not null && (iou > IouThreshold || (AcceptAtThreshold && iou == IouThreshold));
            if (overlaps && truth!.IsDifficult && !CountDifficult)
                continue;
            if (overlaps && found.Add(truth!))
                right++;
            else
                wrong++;
            curve.Add(((double)right / wanted, (double)right / (right + wrong)));
        }
        return new(id, wanted, right, wrong, wanted > 0 ? AveragePrecision(curve) : double.NaN);
    }

    private (GroundTruth? Truth, double Iou) Nearest(BoxXywh box, IEnumerable<GroundTruth> truths)
    {
        (GroundTruth? Truth, double Iou) nearest = (null, double.NegativeInfinity);
        foreach (var truth in truths)
            if (Iou(box, truth.Box) is var iou && iou > nearest.Iou)
                nearest = (truth, iou);
        return nearest;
    }

    private double Iou(BoxXywh a, BoxXywh b)
    {
        var margin = InclusivePixels ? 1 : 0;
        var intersection = a.Intersection(b, margin);
        var (areaA, areaB) = ((a.Width + margin) * (a.Height + margin), (b.Width + margin) * (b.Height + margin));
        return intersection > 0 ? intersection / (areaA + areaB - intersection) : 0;
    }

    private double AveragePrecision(List<(double Recall, double Precision)> curve)
    {
        // The levels are i * 0.1 in double, as in the tools in use: level 3 is a little above 3 / 10.
        if (Interpolation == VocInterpolation.ElevenPoint)
            return Enumerable.Range(0, 11).Average(i =>
                curve.Where(p => p.Recall >= i * 0.1).Select(p => p.Precision).DefaultIfEmpty(0).Max());
        var (area, highest) = (0.0, 0.0);
        for (var i = curve.Count - 1; i >= 0; i--)
        {
            highest = Math.Max(highest, curve[i].Precision);
            area += (curve[i].Recall - (i > 0 ? curve[i - 1].Recall : 0)) * highest;
        }
        return area;
    }
}
