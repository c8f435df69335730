namespace MLNet.Detection.Evaluation;

// The objects and detections of one category in all pictures, matched: what its cells of the arrays are filled from.
internal sealed class CocoCategory
{
    // One a limit of detections, rising.
    private readonly CocoCurve[] _curves;

    // isExhaustive: whether all objects of the category are annotated in an image; null: in every one.
    public CocoCategory(GroundTruth[] truths, DetectionResult[] results, IReadOnlyList<int> limits,
        Func<long, bool>? isExhaustive = null)
    {
        var (truthsByImage, resultsByImage) = (truths.ToLookup(t => t.ImageId), results.ToLookup(r => r.ImageId));
        var images = truthsByImage.Select(g => g.Key).Union(resultsByImage.Select(g => g.Key)).Order();
        CocoImage[] matched = [.. images.Select(image => new CocoImage(
            truthsByImage[image], resultsByImage[image], limits[^1], isExhaustive?.Invoke(image) ?? true))];
        _curves = [.. limits.Select(limit => new CocoCurve(matched, limit))];
    }

    public void Fill(CocoArrays arrays, int category)
    {
        foreach (var (i, curve) in _curves.Index())
            foreach (var size in Enum.GetValues<ObjectSize>())
                if (curve.Wanted(size) > 0)
                    for (var iou = 0; iou < CocoArrays.IouThresholds.Length; iou++)
                        arrays.Recall(iou, category, size, i) =
                            curve.Fill(arrays.Precision(iou, category, size, i), size, iou);
    }

    public CategoryMetrics Summarize(long id, CocoArrays arrays, int category)
    {
        var (last, curve) = (_curves.Length - 1, _curves[^1]);
        double Precision(int iou) =>
            CocoArrays.MeanOfKnown(arrays.Precision(iou, category, ObjectSize.All, last).ToArray());
        var thresholds = Enumerable.Range(0, CocoArrays.IouThresholds.Length);
        return new(
            id, curve.Wanted(ObjectSize.All),
            CocoArrays.MeanOfKnown(thresholds.Select(Precision)), Precision(0), Precision(5),
            CocoArrays.MeanOfKnown(thresholds.Select(iou => arrays.Recall(iou, category, ObjectSize.All, last))),
            curve.Points(ObjectSize.All, 0));
    }
}
