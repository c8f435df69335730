using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.Heads;

/// <summary>
/// Which of the other columns are classes and objectness: those that the tail puts through a sigmoid or a softmax. Columns
/// that it does not are keypoints or the like, and stay as they are.
/// </summary>
internal sealed class ScoreProbe
{
    private readonly HeadRuns _runs;
    private readonly BoxFinding _boxes;
    private readonly int _anchors;
    private readonly List<float[]> _tail;
    private readonly Dictionary<(int Map, int Column), float[]> _raw = [];

    public ScoreProbe(HeadRuns runs, BoxFinding boxes)
    {
        (_runs, _boxes, _anchors) = (runs, boxes, boxes.Head.Levels[0].Anchors);
        _tail = [.. TailTable.All(runs.Noise, runs.Cells(_anchors)).Where(table =>
            table.Order.SequenceEqual(boxes.Table.Order)).SelectMany(table => Columns(table.Read(runs.Noise), table.Columns))];
    }

    /// <summary>The head with its classes, and how many columns a place has beside them; null where they are not
    /// clear.</summary>
    public (DenseHead Head, int Others)? Find()
    {
        var (scores, others) = (new List<ScoreColumns>(), 0);
        for (var map = 0; map < _runs.Levels[0].Count; map++)
        {
            var (found, left) = Scores(map);
            scores.AddRange(found);
            others += left;
        }
        if (scores.Count == 0)
            return null;
        var (classes, objectness) = Apart(scores);
        return classes is null ? null : (_boxes.Head with
        {
            Levels = [.. _boxes.Head.Levels.Select((level, i) => level with
            {
                Classes = Slice(i, classes), Objectness = objectness is null ? null : Slice(i, objectness),
            })],
            Score = Score(classes, objectness),
        }, others);
    }

    // Runs of columns with a sigmoid each or one softmax; a map beside the box's in which some have neither has none.
    private (IReadOnlyList<ScoreColumns> Scores, int Others) Scores(int map)
    {
        var (channels, box) = ((int)_runs.Levels[0][map].Shape[1], _boxes.Head.Levels[0].Boxes);
        if (channels % _anchors != 0)
            return ([], 0);
        var (columns, found, others) = (channels / _anchors, new List<ScoreColumns>(), 0);
        for (var column = 0; column < columns; column++)
        {
            if (map == _boxes.Map && column >= box.First && column < box.First + box.Columns)
                continue;
            var end = map == _boxes.Map && column < box.First ? box.First : columns;
            if (IsSigmoid(map, column))
                found = Grown(found, map, column);
            else if (end - column > 1 && IsSoftmax(map, column, end))
            {
                found.Add(new(map, column, end - column, Softmax: true));
                column = end - 1;
            }
            else
                others++;
        }
        return map != _boxes.Map && others > 0 ? ([], columns) : (found, others);
    }

    private static List<ScoreColumns> Grown(List<ScoreColumns> found, int map, int column) =>
        found is [.., { Softmax: false } last] && last.First + last.Count == column
            ? [.. found[..^1], last with { Count = last.Count + 1 }] : [.. found, new(map, column, 1, Softmax: false)];

    // The objectness is what classes are multiplied by, else a map of its own, else the column behind a box of YOLO's.
    private (ScoreColumns? Classes, ScoreColumns? Objectness) Apart(List<ScoreColumns> scores)
    {
        var columns = scores.SelectMany(score => score.Each).ToList();
        var objectness = columns.FirstOrDefault(one => columns.Count(other => other != one && IsProduct(one, other)) > 1)
            ?? (scores.Count > 1 && scores.Any(score => score.Count > 1 || score.Softmax)
                ? scores.FirstOrDefault(score => score is { Count: 1, Softmax: false }) : null)
            ?? (scores.Count > 1 && scores.All(score => score.Count == 1) ? scores[0] : null)
            ?? (columns.Count > 1 && _boxes.Head.Code is SigmoidCode or GridCode or TanhCode && scores[0].Map == _boxes.Map
                ? columns[0] : null);
        var rest = objectness is null ? scores : [.. scores.SelectMany(score => score.Without(objectness))];
        return rest is [var classes] ? (classes, objectness) : (null, null);
    }

    private ScoreCode Score(ScoreColumns classes, ScoreColumns? objectness)
    {
        var background = classes.Softmax && objectness is null;
        var root = objectness is not null && !classes.Softmax && IsProduct(objectness, classes.Each.First(), MathF.Sqrt);
        return new(classes.Softmax, background, root ? 0.5f : 1, root ? 0.5f : 1);
    }

    private ChannelSlice Slice(int level, ScoreColumns columns)
    {
        var (name, shape) = _runs.Levels[level][columns.Map];
        return new(name, columns.Count, columns.First, (int)shape[1] / _anchors);
    }

    private bool IsSigmoid(int map, int column) => Stands([.. Raw(map, column).Select(ClassScores.Sigmoid)]);

    private bool IsProduct(ScoreColumns one, ScoreColumns other, Func<float, float>? of = null) =>
        Stands([.. Raw(one.Map, one.First).Zip(Raw(other.Map, other.First),
            (a, b) => (of ?? (p => p))(ClassScores.Sigmoid(a) * ClassScores.Sigmoid(b)))]);

    private bool IsSoftmax(int map, int first, int end)
    {
        float[][] raw = [.. Enumerable.Range(first, end - first).Select(column => Raw(map, column))];
        return Stands([.. raw[0].Select((number, i) => 1 / raw.Sum(column => MathF.Exp(column[i] - number)))]);
    }

    private bool Stands(float[] wanted) => _tail.Any(column => Same(column, wanted));

    private static bool Same(float[] a, float[] b)
    {
        for (var i = 0; i < a.Length; i++)
            if (!(MathF.Abs(a[i] - b[i]) < 1e-3f))
                return false;
        return true;
    }

    private float[] Raw(int map, int column)
    {
        if (_raw.TryGetValue((map, column), out var known))
            return known;
        var levels = _runs.Levels.Select(level => _runs.Noise.Values[level[map].Name]);
        return _raw[(map, column)] = [.. levels.SelectMany(value =>
        {
            var (cells, columns) = ((int)(value.Shape[2] * value.Shape[3]), (int)value.Shape[1] / _anchors);
            var numbers = value.Values<float>().ToArray();
            return Enumerable.Range(0, cells * _anchors)
                .Select(place => numbers[(place % _anchors * columns + column) * cells + place / _anchors]);
        })];
    }

    private static IEnumerable<float[]> Columns(float[] rows, int columns) => Enumerable.Range(0, columns)
        .Select(column => Enumerable.Range(0, rows.Length / columns).Select(i => rows[i * columns + column]).ToArray());
}
