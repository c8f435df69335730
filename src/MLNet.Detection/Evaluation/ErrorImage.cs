namespace MLNet.Detection.Evaluation;

// The detections of one picture, told apart: which are right, and what is wrong with the others.
internal sealed class ErrorImage
{
    private readonly ErrorEvaluation _options;
    private readonly GroundTruth[] _truths;
    private readonly DetectionResult[] _results;
    private readonly double[,] _ious;
    private readonly bool[] _found;
    private readonly bool[] _right;

    // Of each object that was not found: the best detection that would find it if it were put right.
    private readonly int?[] _rescuer;

    public ErrorImage(ErrorEvaluation options, GroundTruth[] truths, DetectionResult[] results)
    {
        _options = options;
        _truths = [.. truths.Where(truth => !truth.IsCrowd)];
        _results = [.. results.OrderByDescending(result => result.Score).Take(options.MaxDetections)];
        _ious = new double[_results.Length, _truths.Length];
        for (var d = 0; d < _results.Length; d++)
            for (var g = 0; g < _truths.Length; g++)
                _ious[d, g] = _truths[g].Overlap(_results[d].Box);
        (_found, _right) = (new bool[_truths.Length], new bool[_results.Length]);
        _rescuer = new int?[_truths.Length];
        Match();
        GroundTruth[] crowds = [.. truths.Where(truth => truth.IsCrowd)];
        Errors = [.. Wrong(crowds), .. Missed()];
    }

    public IEnumerable<DetectionResult> Right => _results.Where((_, d) => _right[d]);

    public IReadOnlyList<DetectionError> Errors { get; }

    private void Match()
    {
        for (var d = 0; d < _results.Length; d++)
            if (Nearest(d, g => IsSame(d, g) && !_found[g]) is ({ } truth, var iou) && iou >= _options.IouThreshold)
                _found[truth] = _right[d] = true;
    }

    private List<DetectionError> Wrong(GroundTruth[] crowds)
    {
        List<(int Detection, ErrorKind Kind, int? Truth)> wrong = [];
        for (var d = 0; d < _results.Length; d++)
            if (!_right[d])
            {
                var (kind, truth) = Classify(d);
                wrong.Add((d, kind, truth));
                // Detections come by falling score: the first one is the best.
                if (truth is { } g && !_found[g])
                    _rescuer[g] ??= d;
            }
        return [.. wrong.Select(error => Error(error.Detection, error.Kind, error.Truth, crowds))];
    }

    // Truth: the object that the detection would find if it were put right.
    private (ErrorKind Kind, int? Truth) Classify(int d)
    {
        var (threshold, background) = (_options.IouThreshold, _options.BackgroundThreshold);
        var (same, sameIou) = Nearest(d, g => IsSame(d, g));
        if (same is not null && sameIou >= background && sameIou <= threshold)
            return (ErrorKind.Localization, same);
        var (other, otherIou) = Nearest(d, g => !IsSame(d, g));
        if (other is not null && otherIou >= threshold)
            return (ErrorKind.Classification, other);
        if (Nearest(d, g => IsSame(d, g) && _found[g]) is ({ }, var taken) && taken >= threshold)
            return (ErrorKind.Duplicate, null);
        return (Math.Max(sameIou, otherIou) <= background ? ErrorKind.Background : ErrorKind.Both, null);
    }

    private DetectionError Error(int d, ErrorKind kind, int? truth, GroundTruth[] crowds)
    {
        var result = _results[d];
        var ignored = crowds.Any(crowd =>
            crowd.CategoryId == result.CategoryId && crowd.Overlap(result.Box) > _options.IouThreshold);
        return new(kind, result.CategoryId,
            ignored ? null : new(result.CategoryId, result.Score, false),
            truth is { } g && _rescuer[g] == d ? new(_truths[g].CategoryId, result.Score, true) : null);
    }

    private IEnumerable<DetectionError> Missed() => _truths
        .Where((_, g) => !_found[g] && _rescuer[g] is null)
        .Select(truth => new DetectionError(ErrorKind.Missed, truth.CategoryId, null, null));

    private bool IsSame(int d, int g) => _results[d].CategoryId == _truths[g].CategoryId;

    private (int? Truth, double Iou) Nearest(int d, Func<int, bool> among)
    {
        (int? Truth, double Iou) nearest = (null, 0);
        for (var g = 0; g < _truths.Length; g++)
            if (among(g) && _ious[d, g] > nearest.Iou)
                nearest = (g, _ious[d, g]);
        return nearest;
    }
}
