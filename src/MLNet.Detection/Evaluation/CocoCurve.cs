namespace MLNet.Detection.Evaluation;

// All detections of one category, by falling score, and what became of them at one IoU threshold for one object size.
internal sealed class CocoCurve
{
    private readonly IReadOnlyList<CocoImage> _images;
    private readonly (double Score, int Image, int Detection)[] _order;

    public CocoCurve(IReadOnlyList<CocoImage> images, int maxDetections)
    {
        _images = images;
        _order = [.. images
            .SelectMany((image, i) => image.Scores.Take(maxDetections).Select((score, d) => (score, i, d)))
            .OrderByDescending(entry => entry.score)];
    }

    public int Wanted(ObjectSize size) => _images.Sum(image => image.Sizes[(int)size].Wanted);

    // precision: highest precision at this recall level or a higher one, 0 beyond the highest recall.
    public double Fill(Span<double> precision, ObjectSize size, int iou)
    {
        var (recalls, precisions) = (new double[_order.Length], new double[_order.Length]);
        var wanted = Wanted(size);
        foreach (var (i, (_, right, wrong)) in Walk(size, iou).Index())
        {
            recalls[i] = (double)right / wanted;
            precisions[i] = right / (wrong + right + double.BitIncrement(1.0) - 1.0);
        }
        Interpolate(recalls, precisions, precision);
        return recalls.Length > 0 ? recalls[^1] : 0;
    }

    // At each recall level the highest precision there or beyond. Precisions are raised to their envelope on the way.
    public static void Interpolate(double[] recalls, double[] precisions, Span<double> atLevels)
    {
        for (var i = precisions.Length - 2; i >= 0; i--)
            precisions[i] = Math.Max(precisions[i], precisions[i + 1]);
        var at = 0;
        for (var level = 0; level < atLevels.Length; level++)
        {
            while (at < recalls.Length && recalls[at] < CocoArrays.RecallLevels[level])
                at++;
            atLevels[level] = at < recalls.Length ? precisions[at] : 0;
        }
    }

    // One point a score: a threshold cannot part detections of equal score. Detections that do not count make no point.
    public IReadOnlyList<PrecisionRecallPoint> Points(ObjectSize size, int iou)
    {
        var points = new List<PrecisionRecallPoint>();
        var wanted = Wanted(size);
        if (wanted == 0)
            return points;
        var counted = 0;
        foreach (var (score, right, wrong) in Walk(size, iou))
        {
            if (right + wrong == counted)
                continue;
            counted = right + wrong;
            var point = new PrecisionRecallPoint(score, (double)right / counted, (double)right / wanted);
            if (points.Count > 0 && points[^1].Score == score)
                points[^1] = point;
            else
                points.Add(point);
        }
        return points;
    }

    private IEnumerable<(double Score, int Right, int Wrong)> Walk(ObjectSize size, int iou)
    {
        var (right, wrong) = (0, 0);
        foreach (var (score, image, detection) in _order)
        {
            var outcome = _images[image].Sizes[(int)size].Outcomes[iou, detection];
            right += outcome == CocoImage.Outcome.Right ? 1 : 0;
            wrong += outcome == CocoImage.Outcome.Wrong ? 1 : 0;
            yield return (score, right, wrong);
        }
    }
}
