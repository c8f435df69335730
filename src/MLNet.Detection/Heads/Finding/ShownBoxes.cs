using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// Boxes among the outputs of a file, to compare with those decoded here: behind a value that agrees a tail may move or
/// scale boxes, or lay them out in an order that is not that of the scores.
/// </summary>
internal sealed class ShownBoxes(Box[] own, ImageInput input, float overlap, float slack)
{
    private readonly BoxForms _forms = new(own, input, overlap, slack);

    /// <summary>Looks for the boxes among the outputs that are computed from a value which has them.</summary>
    /// <returns>The output, or one for each level, or in words what differs; neither where no output has boxes of all
    /// places.</returns>
    public (TailTable? Table, string? Difference) Compare(
        OnnxModel model, TailRun run, TailTable agreed, IReadOnlyList<(int Cells, int Anchors)> levels)
    {
        var outputs = model.OutputNames.ToHashSet();
        if (agreed.Values.All(outputs.Contains))
            return (agreed, null);
        outputs.IntersectWith(PlaceArithmetic.Behind(model, agreed.Values));
        var tables = outputs.Count == 0 ? [] : TailTable.All(run, levels)
            .Where(table => table.Columns >= 4 && table.Values.All(outputs.Contains))
            .OrderBy(table => !table.Order.SequenceEqual(agreed.Order)).Select(table => (Table: table, Rows: table.Read(run))).ToList();
        foreach (var clipped in (bool[])[false, true])
            foreach (var (table, rows) in tables)
                if (Enumerable.Range(0, table.Columns - 3).Any(start => _forms.Find(rows, table.Columns, start, clipped)))
                    return (table, null);
        foreach (var (table, rows) in tables)
            if (Changed(table, rows, agreed.Columns) is { } start)
                return (null, Difference(table, rows, start, agreed));
        return (null, null);
    }

    // Four numbers made of four are boxes; among more of them those are that lie on a line with ones decoded here.
    private int? Changed(TailTable table, float[] rows, int columns)
    {
        var kept = _forms.Kept(rows, table.Columns, 0);
        if (table.Columns == 4 && columns == 4)
            return kept.Length < Math.Min(16, own.Length) ? null : 0;
        var numbers = MemoryMarshal.Cast<Box, float>(own).ToArray();
        var wanted = Enumerable.Range(0, 8).Select(i => own.Select((box, place) => i < 4 ? numbers[4 * place + i]
            : i switch { 4 => box.CenterX, 5 => box.CenterY, 6 => box.Width, _ => box.Height }).ToArray()).ToList();
        var inLine = Enumerable.Range(0, table.Columns).Select(column =>
            IsLinear([.. own.Select((_, place) => rows[place * table.Columns + column])], wanted)).ToList();
        var first = Enumerable.Range(0, table.Columns - 3).FirstOrDefault(start => inLine.Skip(start).Take(4).All(line => line), -1);
        return first < 0 ? null : first;
    }

    // In the same order, or sorted: rows may have changed places.
    private static bool IsLinear(float[] column, List<float[]> wanted) => wanted.Any(other => LiesOnLine(column, other))
        || wanted.Any(other => LiesOnLine([.. column.Order()], [.. other.Order()]));

    private static bool LiesOnLine(float[] a, float[] b)
    {
        var (meanA, meanB) = (a.Average(x => (double)x), b.Average(x => (double)x));
        var (dot, squareA, squareB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            dot += (a[i] - meanA) * (b[i] - meanB);
            squareA += (a[i] - meanA) * (a[i] - meanA);
            squareB += (b[i] - meanB) * (b[i] - meanB);
        }
        return squareA > 0 && squareB > 0 && dot * dot > 0.9999 * squareA * squareB;
    }

    private string Difference(TailTable table, float[] rows, int start, TailTable agreed)
    {
        var boxes = _forms.Nearest(rows, table.Columns, start);
        var place = Enumerable.Range(0, own.Length).MinBy(i => BoxOverlap.IntersectionOverUnion(boxes[i], own[i]));
        return $"row {place} of '{table.Values[^1]}' is {Corners(boxes[place])} in pixels, decoded here it is {Corners(own[place])}. In "
            + $"'{agreed.Values[^1]}' the boxes still agree: export the model without the arithmetic between it and the output, "
            + "and leave that to the program that reads the boxes.";
    }

    private static string Corners(Box box) => FormattableString.Invariant($"[{box.X0:0.##}, {box.Y0:0.##}, {box.X1:0.##}, {box.Y1:0.##}]");
}
