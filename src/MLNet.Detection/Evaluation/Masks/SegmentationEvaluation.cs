using MLNet.Detection.Masks;

namespace MLNet.Detection.Evaluation.Masks;

/// <summary>
/// Compares maps of labels picture by picture: nothing is kept but sums, so that data sets larger than memory are
/// measured.
/// One call at a time.
/// </summary>
/// <param name="classes">Names of the classes, without background.</param>
public sealed class SegmentationEvaluation(IReadOnlyList<string> classes)
{
    // As k / 20, which is the nearest number to each of them.
    private static readonly double[] Thresholds = [.. Enumerable.Range(10, 10).Select(k => k / 20.0)];

    private readonly long[,] _confusion = new long[classes.Count + 1, classes.Count + 1];
    private readonly (double Sum, int Count)[] _boundaries = new (double, int)[classes.Count + 1];
    private (double Precision, double Precision50, double Jaccard, int Pictures) _objects;
    private (long True, long Predicted, long Touching, long Apart) _counts;
    private (double Sum, int Count) _dice;

    /// <summary>The fewest pixels of a predicted object; smaller ones are taken for noise.</summary>
    public int LeastPixels { get; init; } = 1;

    /// <summary>Within which part of the picture's diagonal a boundary is met; 0 leaves boundaries out, which takes
    /// most of
    /// the time.</summary>
    public double BoundaryDistance { get; init; } = 0.0075;

    /// <summary>Adds a picture.</summary>
    /// <param name="truth">What it shows. Where it has <see cref="LabelMap.Instances"/>, objects are compared with the
    /// predicted ones: those given, else pixels of one class that hang together.</param>
    /// <param name="predicted">What a network says of it.</param>
    /// <exception cref="ArgumentException">The maps have different sizes, or a number is of no class.</exception>
    public void Add(LabelMap truth, LabelMap predicted) => Add(Score(truth, predicted));

    /// <summary>Adds what a picture was measured at.</summary>
    internal void Add(PictureScore score)
    {
        var n = classes.Count + 1;
        for (var i = 0; i < score.Confusion.Length; i++)
            _confusion[i / n, i % n] += score.Confusion[i];
        _dice = (_dice.Sum + score.Dice, _dice.Count + 1);
        foreach (var (c, boundary) in score.Boundaries.Index().Where(pair => !double.IsNaN(pair.Item)))
            _boundaries[c] = (_boundaries[c].Sum + boundary, _boundaries[c].Count + 1);
        if (score.Objects is var (precision, precision50, jaccard))
            _objects = (_objects.Precision + precision, _objects.Precision50 + precision50, _objects.Jaccard + jaccard,
                _objects.Pictures + 1);
        _counts = (_counts.True + score.Counts.True, _counts.Predicted + score.Counts.Predicted,
            _counts.Touching + score.Counts.Touching, _counts.Apart + score.Counts.Apart);
    }

    /// <summary>Measures a picture, and adds nothing.</summary>
    internal PictureScore Score(LabelMap truth, LabelMap predicted)
    {
        Check(truth, predicted);
        var n = classes.Count + 1;
        var (counts, confusion) = (Array.ConvertAll(truth.Classes, c => c != LabelMap.Ignored), new long[n * n]);
        var (common, both) = (0L, 0L);
        for (var i = 0; i < counts.Length; i++)
        {
            if (!counts[i])
                continue;
            var (t, p) = (truth.Classes[i], predicted.Classes[i]);
            confusion[t * n + p]++;
            common += t > 0 && p > 0 ? 1 : 0;
            both += (t > 0 ? 1 : 0) + (p > 0 ? 1 : 0);
        }
        var (objects, found) = truth.Instances is null ? (null, default) : Objects(truth, predicted, counts);
        return new(confusion, both == 0 ? 1 : 2.0 * common / both,
            BoundaryDistance > 0 ? Boundaries(truth, predicted, counts) : [], objects, found);
    }

    /// <summary>The metrics of what was added so far.</summary>
    public SegmentationMetrics Metrics()
    {
        var n = classes.Count + 1;
        var overlaps = Enumerable.Range(0, n).Select(c => new ClassOverlap(c == 0 ? "background" : classes[c - 1],
            Enumerable.Range(0, n).Sum(p => _confusion[c, p]), Enumerable.Range(0, n).Sum(t => _confusion[t, c]),
            _confusion[c, c], _boundaries[c].Count == 0 ? double.NaN : _boundaries[c].Sum / _boundaries[c].Count));
        var pictures = _objects.Pictures;
        return new([.. overlaps], (long[,])_confusion.Clone(), _dice.Sum / _dice.Count, pictures == 0 ? null : new(
            _objects.Precision / pictures, _objects.Precision50 / pictures, _objects.Jaccard / pictures, _counts.True,
            _counts.Predicted, _counts.Touching, _counts.Apart), _dice.Count);
    }

    private void Check(LabelMap truth, LabelMap predicted)
    {
        if ((truth.Width, truth.Height) != (predicted.Width, predicted.Height))
            throw new ArgumentException($"The true map is {truth.Width} x {truth.Height}, the predicted one "
                + $"{predicted.Width} x {predicted.Height}; compare them in the picture's own pixels.");
        foreach (var (map, name) in new[] { (truth, "true"), (predicted, "predicted") })
            if (map.Classes.FirstOrDefault(c => c != LabelMap.Ignored && c > classes.Count) is > 0 and var foreign)
                throw new ArgumentException($"The {name} map has the number {foreign}; expected 0 to {classes.Count} for the "
                    + $"classes {string.Join(", ", classes)}, or {LabelMap.Ignored}.");
        if (predicted.Classes.Where((c, i) => c == LabelMap.Ignored && truth.Classes[i] != c).Any())
            throw new ArgumentException($"The predicted map leaves pixels out that count ({LabelMap.Ignored}); give each a class.");
    }

    private double[] Boundaries(LabelMap truth, LabelMap predicted, bool[] counts)
    {
        var distance = Math.Round(BoundaryDistance * Math.Sqrt(
            (double)truth.Width * truth.Width + (double)truth.Height * truth.Height), MidpointRounding.ToEven);
        return [.. Enumerable.Range(0, classes.Count + 1).Select(c => BoundaryScore.Of(
            truth.Classes, predicted.Classes, counts, truth.Width, truth.Height, (byte)c, Math.Max(1, distance)))];
    }

    private ((double, double, double)? Scores, (long, long, long, long) Counts) Objects(
        LabelMap truth, LabelMap predicted, bool[] counts)
    {
        var own = Numbered([.. truth.Instances!.Select((number, i) => counts[i] ? (int)number : 0)]);
        int[] found = predicted.Instances is { } given ? [.. given.Select(number => (int)number)]
            : ConnectedComponents.Of(predicted.Classes, truth.Width, truth.Height, LeastPixels).Numbers;
        var match = new ObjectMatch(own, Numbered([.. found.Select((number, i) => counts[i] ? number : 0)]));
        var pairs = Touching(own, truth.Width, truth.Height);
        return ((Thresholds.Average(match.Precision), match.Precision(0.5), match.AggregatedJaccard()),
            (match.True, match.Predicted, pairs.Count, pairs.Count(pair => match.Cover(pair.Item1) is > 0 and var a
                && match.Cover(pair.Item2) is > 0 and var b && a != b)));
    }

    // Numbers without gaps.
    private static int[] Numbered(int[] numbers)
    {
        var places = numbers.Where(number => number > 0).Distinct().Order().Index()
            .ToDictionary(pair => pair.Item, pair => pair.Index + 1);
        return Array.ConvertAll(numbers, number => number == 0 ? 0 : places[number]);
    }

    private static HashSet<(int, int)> Touching(int[] objects, int width, int height)
    {
        var pairs = new HashSet<(int, int)>();
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                foreach (var (dx, dy) in new[] { (1, 0), (-1, 1), (0, 1), (1, 1) })
                    if (x + dx >= 0 && x + dx < width && y + dy < height && objects[y * width + x] is > 0 and var a
                        && objects[(y + dy) * width + x + dx] is > 0 and var b && a != b)
                        pairs.Add((Math.Min(a, b), Math.Max(a, b)));
        return pairs;
    }
}
