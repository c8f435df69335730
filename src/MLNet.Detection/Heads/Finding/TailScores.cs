using System.Globalization;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// Class scores of a file's own tail, to compare with those decoded here: s, or p and o of s = p^a o^b, where the file
/// leaves their product to the program behind it.
/// </summary>
internal static class TailScores
{
    /// <summary>The relative difference of scores that are the same up to rounding of floats, and of whole numbers of
    /// 8 bits.</summary>
    public const float Floats = 0.01f, WholeNumbers = 0.25f;

    private const float LeastShare = 0.99f;

    private static readonly string[] Moves =
        ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Split", "Slice", "Concat", "Gather"];

    /// <summary>The values behind the class logits.</summary>
    public static ScoreValues Find(OnnxModel model, IReadOnlyList<string> logits)
    {
        var (behind, activated) = (logits.ToHashSet(), new HashSet<string>());
        foreach (var node in model.Proto.Graph.Node.Where(node => node.Input.Any(behind.Contains)))
        {
            behind.UnionWith(node.Output);
            if (node.OpType is "Sigmoid" or "Softmax" or "HardSigmoid"
                || Moves.Contains(node.OpType) && node.Input.Any(activated.Contains))
                activated.UnionWith(node.Output);
        }
        behind.ExceptWith(logits);
        return new(model, behind, activated);
    }

    /// <summary>Looks for the scores among the values. What the file shows of them must agree, too.</summary>
    /// <param name="own">The scores, as they are decoded here.</param>
    /// <param name="classes">The same without background, which a file may not show.</param>
    /// <param name="values">What the tail computes.</param>
    /// <param name="names">What <see cref="Find"/> gives.</param>
    /// <param name="tolerance">The relative difference of equal scores.</param>
    /// <returns>A value of all places or of a level that agrees, or in words what differs; neither where the probabilities
    /// of all places stand in no value.</returns>
    public static (string? Value, string? Difference) Compare(ScoreTable own, ScoreTable classes,
        IReadOnlyDictionary<string, Tensor> values, ScoreValues names, float tolerance)
    {
        string? agreed = null;
        var ranges = own.Ranges.Select(range => (range.First, range.Rows,
            Tables: values.SelectMany(at => PlaceColumns.Of(at.Key, at.Value, range.Rows)).ToList())).ToList();
        foreach (var (first, rows, tables) in ranges)
        {
            var wide = tables.Where(table => names.Behind.Contains(table.Value) && table.Count >= own.Columns).ToList();
            var found = wide.LastOrDefault(table => Agrees(own, first, table, tables, tolerance));
            if (found is null && rows == own.Rows
                && wide.LastOrDefault(table => names.Activated.Contains(table.Value)) is { } other)
                return (null, Difference(own, first, other, tolerance));
            agreed ??= found?.Value;
            if (found is not null && rows == own.Rows)
                break;
        }
        return new ShownScores(own, classes, names, tolerance).Difference(ranges) is { } shown ? (null, shown) : (agreed, null);
    }

    /// <summary>Whether scores stand in consecutive columns of a table, or their factors in it and another.</summary>
    public static bool Agrees(
        ScoreTable own, int first, PlaceColumns table, IReadOnlyList<PlaceColumns> all, float tolerance) =>
        Place(own, first, table, all, tolerance) is not null;

    /// <summary>The first of these columns, and where the objectness stands that the scores need beside them.</summary>
    public static (int Start, (PlaceColumns Table, int Column)? Objectness)? Place(
        ScoreTable own, int first, PlaceColumns table, IReadOnlyList<PlaceColumns> all, float tolerance)
    {
        for (var start = 0; start + own.Columns <= table.Count; start++)
        {
            if (Same(own, first, table, start, (p, _) => p, tolerance)
                || Same(own, first, table, start, (p, _) => MathF.Pow(p, own.Powers.Class), tolerance))
                return (start, null);
            foreach (var objectness in all.Where(other => other.Count == 1 || other.Value == table.Value))
                for (var column = 0; column < objectness.Count; column++)
                    if (Same(own, first, table, start, (p, row) => own.Product(p, objectness[row, column]), tolerance,
                        (p, row) => Rounding(own, p, objectness[row, column], tolerance)))
                        return (start, (objectness, column));
        }
        return null;
    }

    // That of its factors makes the one of a product, which may be less, and under a root is more.
    private static float Rounding(ScoreTable own, float p, float o, float tolerance) => Math.Max(
        tolerance <= Floats ? 0 : ScoreTable.Rounding,
        own.Product(p + ScoreTable.Rounding, o + ScoreTable.Rounding) - own.Product(p, o));

    private static bool Same(ScoreTable own, int first, PlaceColumns table, int start, Func<float, int, float> score,
        float tolerance, Func<float, int, float>? rounding = null)
    {
        var wrong = 0;
        for (var row = 0; row < table.Rows && wrong <= (1 - LeastShare) * table.Rows; row++)
            for (var column = 0; column < own.Columns; column++)
            {
                var number = table[row, start + column];
                var (ours, theirs) = (own[first + row, column], score(number, row));
                if (ScoreTable.Near(ours, theirs, tolerance, 0)
                    || ScoreTable.Near(ours, theirs, tolerance, rounding?.Invoke(number, row) ?? ScoreTable.Rounding))
                    continue;
                wrong++;
                break;
            }
        return wrong <= (1 - LeastShare) * table.Rows;
    }

    /// <summary>In words the first row that differs.</summary>
    public static string Difference(ScoreTable own, int first, PlaceColumns table, float tolerance, int? column = null)
    {
        if (table.Count < own.Columns)
            return $"'{table.Value}' has the scores of {table.Count} classes, decoded here there are {own.Columns}";
        // Behind boxes, where all stand in one table.
        var start = column ?? table.Count - own.Columns;
        var row = Enumerable.Range(0, table.Rows).FirstOrDefault(row => Enumerable.Range(0, own.Columns)
            .Any(column => !ScoreTable.Near(own[first + row, column], table[row, start + column], tolerance)));
        var (theirs, ours) = (Numbers(column => table[row, start + column]), Numbers(column => own[first + row, column]));
        return $"row {first + row} of '{table.Value}' is {theirs}, decoded here it is {ours}";

        string Numbers(Func<int, float> number) => "[" + string.Join(", ", Enumerable.Range(0, Math.Min(4, own.Columns))
            .Select(column => number(column).ToString("G4", CultureInfo.InvariantCulture))) + "]";
    }
}
