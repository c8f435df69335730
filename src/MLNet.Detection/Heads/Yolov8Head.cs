using System.Numerics;
using System.Text.Json.Serialization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// YOLOv8 and its relatives: each cell predicts its classes and, for each of four sides, a distribution over distances
/// in strides, whose mean is the side; no objectness. Objects are assigned by task alignment with the predictions of
/// the present weights. An anchor is the square of a cell. Feng et al. 2021, https://arxiv.org/abs/2108.07755
/// </summary>
public sealed record Yolov8Head : GridHead
{
    /// <summary>The raw maps, finest level first; an import finds them.</summary>
    public IReadOnlyList<Yolov8Maps> Maps { get; init; } = [];

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public Yolov8Loss Loss { get; init; } = new();

    /// <summary>Which cells learn which object.</summary>
    [JsonIgnore]
    public TaskAlignedMatcher Matcher { get; init; } = new(TopK: 10, Alpha: 0.5f, Beta: 6f, InsideFirst: true);

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Yolov8;

    internal override Normalization? CustomaryPixels => Normalization.Unit;

    internal override string LossName => nameof(Yolov8Loss);

    internal override bool MatchesPredictions => true;

    internal override bool ReadsJoinedOutput => true;

    // Corners and the quality of the match.
    internal override int BoxTargetColumns(HeadFrame detector) => 5;

    internal override IReadOnlyList<string> Values(HeadFrame detector) =>
        [.. Maps.Select(level => level.Classes), .. Maps.Select(level => level.Sides)];

    internal override IReadOnlyList<string> ClassValues(HeadFrame detector) => [.. Maps.Select(level => level.Classes)];

    // Corners in pixels, class logits, logits of the sides.
    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var logits = Op.Concat([.. values.Take(Maps.Count).Select(map => Rows(map, map.Shape[1]))], 1);
        var sides = Op.Concat([.. values.Skip(Maps.Count).Select(map => Rows(map, map.Shape[1]))], 1);
        detector.Expect(Maps[0].Classes, logits, detector.Classes.Count);
        detector.Expect(Maps[0].Sides, sides, (int)values[Maps.Count].Shape[1]);
        var (b, n, bins) = (sides.Shape[0], sides.Shape[1], sides.Shape[2] / 4);
        var distances = DistributionFocalLoss.Expectation(Op.Reshape(sides, b, n, 4, bins));
        var centres = Pairs(detector, sides.Graph, cell => (cell.CenterX, cell.CenterY));
        var strides = Pairs(detector, sides.Graph, cell => (cell.Width, cell.Height));
        var corners = Op.Concat([centres - Op.Slice(distances, 2, 0, 2) * strides,
            centres + Op.Slice(distances, 2, 2, 4) * strides], 2);
        return [corners, logits, sides];
    }

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables) =>
        new(tables[1], false, detector.InPlaces(tables[0]));

    internal override TargetWriter Targets(HeadFrame detector)
    {
        Box[] cells = [.. detector.Anchors];
        Vector2[] points = [.. cells.Select(cell => new Vector2(cell.CenterX, cell.CenterY))];
        var columns = new BoxColumns(cells);
        return (sample, predicted, classes, boxes) =>
        {
            var scores = ClassScores.Probabilities(
                predicted[1].Span, detector.Classes.Count, ClassActivation.Sigmoid);
            var (matches, _, qualities) = Matcher.Match(sample.Truths, sample.Classes, scores,
                BoxConversion.ToBoxes(predicted[0].Span, BoxFormat.Xyxy), points);
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCornersAndQualities(matches, qualities, boxes);
        };
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables)
    {
        var wanted = Op.Split(targets.Boxes, 2, 4, 1);
        var cells = tables[0].Graph.Constant(Tensor.Of<float>(new(detector.Anchors.Count, 4),
            [.. detector.Anchors.SelectMany(cell => new[] { cell.X0, cell.Y0, cell.X1, cell.Y1 })]));
        var sides = Op.Reshape(tables[2], tables[2].Shape[0], tables[2].Shape[1], 4, tables[2].Shape[2] / 4);
        return Loss.Terms(
            targets with { Boxes = wanted[0] }, Op.Squeeze(wanted[1], 2), cells, tables[0], tables[1], sides);
    }

    internal override DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables) =>
        detector.Select(
            ClassScores.Probabilities(tables[1].Span, detector.Classes.Count, ClassActivation.Sigmoid),
            BoxConversion.ToBoxes(tables[0].Span, BoxFormat.Xyxy));

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables) =>
        (Op.Squeeze(Op.Logistic(tables[1]), 0), Op.Squeeze(tables[0], 0));

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) => ClassValues(detector);

    internal override bool FitsAnchors(int anchors) => Maps.Count > 0;

    internal override FoundHead Import(HeadImport import)
    {
        var levels = import.LevelsBehind(import.ClassOutput);
        foreach (var level in levels)
            if (level.Count != 2 || level[0].Shape[1] % 4 != 0 || level[0].Shape[1] < 8)
                throw new ModelException(
                    $"{import.Model.Path}: behind '{import.ClassOutput}' a level has the maps "
                    + $"{string.Join(", ", level.Select(map => $"'{map.Name}' {map.Shape}"))}; expected two, with 4 "
                    + "times the bins as channels (sides), and the classes.");
        string[] classMaps = [.. levels.Select(level => level[1].Name)];
        var model = import.WithMapClasses(classMaps, others: 0, (int)levels[0][1].Shape[1]);
        var maps = levels.Select(level => new Yolov8Maps(level[0].Name, level[1].Name));
        return import.Found(this with { Maps = [.. maps] }, model, classMaps[0], levels[0][0].Name,
            Cells(import, [.. levels.Select(level => level[0].Shape)]));
    }
}
