using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// Where the maps hold boxes and what their numbers mean, by the file's own decoding of known numbers: the guess whose boxes
/// equal a value of the tail is the one.
/// </summary>
internal sealed class BoxProbe(HeadRuns runs, ImageInput input)
{
    private static readonly int[] AnchorCounts = [1, 3, 2, 5, 6, 4, 9];
    private static readonly int[] CustomaryBins = [16, 17, 8];

    /// <summary>The boxes; null where the tail has none that is understood.</summary>
    public BoxFinding? Find()
    {
        foreach (var anchors in AnchorCounts)
        {
            var tables = TailTable.All(runs.Noise, runs.Cells(anchors)).Where(table => table.Columns >= 4).ToList();
            if (tables.Count == 0)
                continue;
            var decoded = tables.Select(table => (Table: table,
                Forms: TailValues.Boxes(table.Read(runs.Noise), table.Columns, input))).ToList();
            foreach (var (map, first, columns) in Slices(anchors))
                if (OfPoints(anchors, map, first, columns, decoded) is { } found)
                    return found;
            foreach (var (map, first, columns) in Slices(anchors).Where(slice => slice.Columns == 4))
                if (OfAnchors(anchors, map, first, decoded) is { } found)
                    return found;
        }
        return null;
    }

    // The columns of an anchor that may be its box: first or last, four numbers or four distributions.
    private IEnumerable<(int Map, int First, int Columns)> Slices(int anchors)
    {
        for (var map = 0; map < runs.Levels[0].Count; map++)
        {
            var channels = (int)runs.Levels[0][map].Shape[1];
            if (channels % anchors != 0)
                continue;
            var of = channels / anchors;
            int[] bins = [.. CustomaryBins.Prepend(of % 4 == 0 && of / 4 >= 7 ? of / 4 : 0).Where(b => b > 0).Distinct()];
            foreach (var columns in new[] { 4 }.Concat(bins.Select(b => 4 * b)).Where(columns => columns <= of))
                foreach (var first in new[] { 0, of - columns }.Distinct())
                    yield return (map, first, columns);
        }
    }

    private BoxFinding? OfPoints(
        int anchors, int map, int first, int columns, IReadOnlyList<(TailTable Table, IReadOnlyList<Box[]> Forms)> decoded)
    {
        foreach (var (code, offset) in Codes(columns))
        {
            var head = Head(anchors, map, first, columns) with { Code = code, PointOffset = offset };
            var own = Boxes(head.Corners(Maps(head), input.Width, input.Height));
            if (decoded.FirstOrDefault(at => at.Forms.Any(form => TailValues.AreSame(form, own))).Table is { } table)
                return new(head, null, table, map);
        }
        return null;
    }

    private BoxFinding? OfAnchors(
        int anchors, int map, int first, IReadOnlyList<(TailTable Table, IReadOnlyList<Box[]> Forms)> decoded)
    {
        var head = Head(anchors, map, first, 4);
        foreach (var (table, forms) in decoded)
            for (var form = 0; form < forms.Count; form++)
                if (AnchorProbe.Read(head, input, Form(table, runs.Zeros, form), () => Form(table, runs.Ones, form))
                    is var (read, scheme))
                {
                    var places = scheme.Generate(input.Width, input.Height,
                        [.. head.Levels.Select(level => new GridSize(level.Width, level.Height))]);
                    var own = Boxes(read.Corners(Maps(read), places, input.Width, input.Height));
                    if (TailValues.AreSame(forms[form], own))
                        return new(read, scheme, table, map);
                }
        return null;
    }

    private Box[] Form(TailTable table, TailRun run, int form) =>
        TailValues.Boxes(table.Read(run), table.Columns, input)[form];

    private static IEnumerable<(BoxCode Code, float Offset)> Codes(int columns) => columns > 4
        ? [(new DistributionCode(columns / 4), 0.5f), (new DistributionCode(columns / 4), 0)]
        : [(new DistanceCode(), 0.5f), (new DistanceCode(), 0), (new DistanceCode(false), 0.5f),
            (new DistanceCode(false), 0), (new GridCode(), 0.5f), (new TanhCode(), 0.5f), (new LinearCode(), 0.5f)];

    private DenseHead Head(int anchors, int map, int first, int columns) => new()
    {
        Levels =
        [
            .. runs.Levels.Select(level => new HeadLevel((int)level[0].Shape[3], (int)level[0].Shape[2], anchors,
                new("", 0, 0, 0), new(level[map].Name, columns, first, (int)level[map].Shape[1] / anchors))),
        ],
    };

    // Constants in a graph of their own, so that what is decoded from them is one too.
    private IReadOnlyDictionary<string, Var> Maps(DenseHead head)
    {
        var graph = new Graph();
        return head.Levels.ToDictionary(level => level.Boxes.Map, level => graph.Constant(runs.Noise.Values[level.Boxes.Map]));
    }

    private static Box[] Boxes(Var corners) =>
        BoxConversion.ToBoxes(corners.TryConstant()!.Values<float>(), BoxFormat.Xyxy);
}
