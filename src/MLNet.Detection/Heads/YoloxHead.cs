using System.Numerics;
using System.Text.Json.Serialization;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// YOLOX: each cell predicts one box, centre = (raw + column, raw + row) stride, size = e^raw stride, an objectness and
/// its classes, by convolutions of their own. SimOTA assigns objects to cells by the predictions of the present
/// weights. An anchor is the square of a cell. Ge et al. 2021, https://arxiv.org/abs/2107.08430
/// </summary>
public sealed record YoloxHead : GridHead
{
    /// <summary>
    /// For an import: name of the objectness, where the file does not join it with the class output. Null: the class
    /// output is [batch, cells, 5 + classes] and has all three.
    /// </summary>
    [JsonIgnore]
    public string? ObjectnessOutput { get; init; }

    /// <summary>The raw maps, finest level first; an import finds them.</summary>
    public IReadOnlyList<YoloxMaps> Maps { get; init; } = [];

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public YoloxLoss Loss { get; init; } = new();

    /// <summary>Which cells learn which object.</summary>
    [JsonIgnore]
    public SimOtaMatcher Matcher { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Yolox;

    internal override Normalization? CustomaryPixels => Normalization.Pixels with { Order = ChannelOrder.Bgr };

    internal override string LossName => nameof(YoloxLoss);

    internal override bool MatchesPredictions => true;

    internal override bool ReadsJoinedOutput => ObjectnessOutput is null;

    internal override IReadOnlyList<string> Values(HeadFrame detector) =>
        [.. Maps.SelectMany(level => new[] { level.Boxes, level.Objectness, level.Classes })];

    internal override IReadOnlyList<string> ClassValues(HeadFrame detector) => [.. Maps.Select(level => level.Classes)];

    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var levels = values.Chunk(3).Select(maps => Rows(Op.Concat(maps, 1), maps.Sum(map => map.Shape[1])));
        var raw = Op.Concat([.. levels], 1);
        detector.Expect(Maps[0].Classes, raw, 5 + detector.Classes.Count);
        var parts = Op.Split(raw, 2, 2, 2, raw.Shape[2] - 4);
        var corners = Pairs(detector, raw.Graph, cell => (cell.X0, cell.Y0));
        var strides = Pairs(detector, raw.Graph, cell => (cell.Width, cell.Height));
        return [Op.Concat([parts[0] * strides + corners, Op.Exp(parts[1]) * strides, parts[2]], 2)];
    }

    internal override TargetWriter Targets(HeadFrame detector)
    {
        var cells = detector.Anchors.ToArray();
        Vector2[] points = [.. cells.Select(cell => new Vector2(cell.CenterX, cell.CenterY))];
        float[] strides = [.. cells.Select(cell => cell.Width)];
        var columns = new BoxColumns(cells);
        return (sample, predicted, classes, boxes) =>
        {
            var (predictions, logits, objectness) = Columns(predicted[0].Span, cells.Length);
            var matches = Matcher.Match(
                sample.Truths, sample.Classes, predictions, logits, objectness, points, strides).Matches;
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCentres(matches, boxes);
        };
    }

    private static (Box[] Boxes, float[] Logits, float[] Objectness) Columns(ReadOnlySpan<float> table, int cells)
    {
        var columns = table.Length / cells;
        var (boxes, logits) = (new Box[cells], new float[cells * (columns - 5)]);
        var objectness = new float[cells];
        for (var i = 0; i < cells; i++)
        {
            var row = table.Slice(i * columns, columns);
            (boxes[i], objectness[i]) = (Box.FromCxcywh(row[0], row[1], row[2], row[3]), row[4]);
            row[5..].CopyTo(logits.AsSpan(i * (columns - 5)));
        }
        return (boxes, logits, objectness);
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables) => Loss.Terms(targets, tables[0]);

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) => ClassValues(detector);

    internal override bool FitsAnchors(int anchors) => Maps.Count > 0;

    internal override FoundHead Import(HeadImport import)
    {
        var levels = ObjectnessOutput is null ? Joined(import) : Separate(import, ObjectnessOutput);
        var shapes = import.Shapes([.. levels.Select(level => level.Classes)]);
        string[] classMaps = [.. levels.Select(level => level.Classes)];
        var model = import.WithMapClasses(classMaps, others: 0, (int)shapes[0][1]);
        return import.Found(
            this with { Maps = levels }, model, classMaps[0], levels[0].Boxes, Cells(import, shapes));
    }

    // Levels differ in size; within one the output joins box, objectness and classes in this order.
    private static List<YoloxMaps> Joined(HeadImport import)
    {
        var levels = import.LevelsBehind(import.ClassOutput);
        foreach (var level in levels)
            if (level.Count != 3 || level[0].Shape[1] != 4 || level[1].Shape[1] != 1)
                throw new ModelException(
                    $"{import.Model.Path}: behind '{import.ClassOutput}' a level has the maps "
                    + $"{string.Join(", ", level.Select(map => $"'{map.Name}' {map.Shape}"))}; expected three, with 4 "
                    + "channels (boxes), 1 (objectness) and the classes. Where the file has an output for each of "
                    + "them, name all three (ObjectnessOutput).");
        return [.. levels.Select(level => new YoloxMaps(level[0].Name, level[1].Name, level[2].Name))];
    }

    private static List<YoloxMaps> Separate(HeadImport import, string objectnessOutput)
    {
        var (classes, boxes, objectness) = (import.MapsBehind(import.ClassOutput),
            import.MapsBehind(import.BoxOutput), import.MapsBehind(objectnessOutput));
        var levels = boxes.Zip(objectness, classes).ToList();
        import.Expect(classes.Count == boxes.Count && objectness.Count == boxes.Count
            && levels.All(l => l.First.Shape[1] == 4 && l.Second.Shape[1] == 1), import.BoxOutput,
            boxes[0].Shape, $"[1, 4, H, W], with as many levels as classes ({classes.Count}) and objectness "
                + $"({objectness.Count}, of one channel) have, found {boxes.Count}");
        return [.. levels.Select(l => new YoloxMaps(l.First.Name, l.Second.Name, l.Third.Name))];
    }
}
