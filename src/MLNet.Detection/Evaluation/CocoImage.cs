namespace MLNet.Detection.Evaluation;

// The objects and detections of one category in one picture, matched at every IoU threshold for every object size.
internal sealed class CocoImage
{
    private readonly GroundTruth[] _truths;
    private readonly DetectionResult[] _detections;
    private readonly double[,] _ious;
    private readonly bool _isExhaustive;

    // isExhaustive: whether all objects of the category are annotated, so that a detection of none is wrong.
    public CocoImage(IEnumerable<GroundTruth> truths, IEnumerable<DetectionResult> detections, int maxDetections,
        bool isExhaustive = true)
    {
        _isExhaustive = isExhaustive;
        _truths = [.. truths];
        _detections = [.. detections.OrderByDescending(d => d.Score).Take(maxDetections)];
        _ious = new double[_detections.Length, _truths.Length];
        for (var d = 0; d < _detections.Length; d++)
            for (var g = 0; g < _truths.Length; g++)
                _ious[d, g] = _truths[g].Overlap(_detections[d].Box);
        Scores = Array.ConvertAll(_detections, d => d.Score);
        Sizes = [.. CocoArrays.Areas.Select(Match)];
    }

    // By falling score, at most the highest detection limit.
    public double[] Scores { get; }

    // One a class of object size, in the order of ObjectSize.
    public IReadOnlyList<SizeMatches> Sizes { get; }

    // Wanted: objects to be found. Outcomes [T,D]: whether a detection is right, wrong, or does not count.
    internal sealed record SizeMatches(int Wanted, Outcome[,] Outcomes);

    internal enum Outcome : byte
    {
        Wrong,
        Right,
        Ignored,
    }

    private SizeMatches Match((double Least, double Most) area)
    {
        bool Outside(double size) => size < area.Least || size > area.Most;
        bool IsIgnored(int g) => _truths[g].IsCrowd || Outside(_truths[g].Area);

        var order = Enumerable.Range(0, _truths.Length).OrderBy(IsIgnored).ToArray();
        var wanted = order.Count(g => !IsIgnored(g));
        var outcomes = new Outcome[CocoArrays.IouThresholds.Length, _detections.Length];
        for (var t = 0; t < CocoArrays.IouThresholds.Length; t++)
        {
            var taken = new bool[_truths.Length];
            for (var d = 0; d < _detections.Length; d++)
            {
                var match = BestTruth(d, CocoArrays.IouThresholds[t], order, wanted, taken);
                if (match >= 0)
                    taken[order[match]] = true;
                var ignored = match < 0 ? !_isExhaustive || Outside(_detections[d].Box.Area) : match >= wanted;
                outcomes[t, d] = ignored ? Outcome.Ignored : match >= 0 ? Outcome.Right : Outcome.Wrong;
            }
        }
        return new(wanted, outcomes);
    }

    // Position in order of the free truth with the highest IoU, the last among equals. Truths that do not count come
    // last and are only taken when no other one will do; crowds are never used up.
    private int BestTruth(int detection, double threshold, int[] order, int wanted, bool[] taken)
    {
        var best = Math.Min(threshold, 1 - 1e-10);
        var match = -1;
        for (var position = 0; position < order.Length; position++)
        {
            if (position == wanted && match >= 0)
                break;
            var g = order[position];
            if ((taken[g] && !_truths[g].IsCrowd) || _ious[detection, g] < best)
                continue;
            (best, match) = (_ious[detection, g], position);
        }
        return match;
    }
}
