using System.Text.Json.Serialization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// YOLO with anchors, as YOLOv5: one convolution a level, whose channels are for each anchor of a cell four numbers of
/// a box, an objectness and the classes. With s = sigmoid(raw), centre = (2 s - 0.5 + column, 2 s - 0.5 + row) stride
/// and size = (2 s)^2 anchor. https://docs.ultralytics.com/yolov5/tutorials/architecture_description
/// </summary>
public sealed record YoloHead : GridHead
{
    /// <summary>Names of the raw maps [batch, anchors (5 + classes), height, width], finest level first; an import
    /// finds them.</summary>
    public IReadOnlyList<string> Maps { get; init; } = [];

    /// <summary>Sizes of the maps in cells.</summary>
    public IReadOnlyList<GridSize> Grids { get; init; } = [];

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public YoloLoss Loss { get; init; } = new();

    /// <summary>Which anchors learn which object.</summary>
    [JsonIgnore]
    public RatioMatcher Matcher { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Yolo;

    internal override Normalization? CustomaryPixels => Normalization.Unit;

    internal override string LossName => nameof(YoloLoss);

    internal override bool ReadsJoinedOutput => true;

    internal override IReadOnlyList<string> Values(HeadFrame detector) => Maps;

    internal override IReadOnlyList<string> ClassValues(HeadFrame detector) => Maps;

    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var raw = Op.Concat([.. values.Select(map => Rows(map, 5 + detector.Classes.Count))], 1);
        detector.Expect(Maps[0], raw, 5 + detector.Classes.Count);
        var parts = Op.Split(raw, 2, 2, 2, raw.Shape[2] - 4);
        var centres = Pairs(detector, raw.Graph, anchor => (anchor.CenterX, anchor.CenterY));
        var sizes = Pairs(detector, raw.Graph, anchor => (anchor.Width, anchor.Height));
        // (2 s - 0.5 + column) stride, written from the middle of the cell.
        var centre = centres + (2f * Op.Sigmoid(parts[0]) - 1f) * Strides(detector, raw.Graph);
        return [Op.Concat([centre, Op.Pow(2f * Op.Sigmoid(parts[1]), 2) * sizes, parts[2]], 2)];
    }

    // [N, 2]
    private Var Strides(HeadFrame detector, Graph graph)
    {
        var (width, height) = ((float)detector.Resize.Width, (float)detector.Resize.Height);
        var strides = Grids.Zip(AnchorsPerLevel(detector), (grid, anchors) => Enumerable.Repeat(
            new[] { width / grid.Width, height / grid.Height }, (int)anchors));
        return graph.Constant(Tensor.Of<float>(new(detector.Anchors.Count, 2),
            [.. strides.SelectMany(level => level).SelectMany(pair => pair)]));
    }

    private long[] AnchorsPerLevel(HeadFrame detector)
    {
        long[] cells = [.. Grids.Select(grid => (long)grid.Width * grid.Height)];
        return [.. cells.Select(count => count * detector.Anchors.Count / cells.Sum())];
    }

    internal override IReadOnlyList<(int Cells, int Anchors)> Layout(HeadFrame detector) =>
        [.. Grids.Zip(AnchorsPerLevel(detector), (grid, anchors) =>
            (grid.Width * grid.Height, (int)anchors / (grid.Width * grid.Height)))];

    internal override TargetWriter Targets(HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var (columns, resize) = (new BoxColumns(anchors), detector.Resize);
        return (sample, _, classes, boxes) =>
        {
            var matches = Matcher.Match(sample.Truths, anchors, Grids, resize.Width, resize.Height);
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCentres(matches, boxes);
        };
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables) =>
        Loss.Terms(targets, tables[0], AnchorsPerLevel(detector));

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) => Maps;

    internal override DetectionHead Over(IReadOnlyList<GridSize> maps) => this with { Grids = maps };

    internal override bool FitsAnchors(int anchors) => Maps.Count > 0 && Grids.Count == Maps.Count
        && Grids.Sum(grid => grid.Width * grid.Height) is > 0 and var cells && anchors % cells == 0;

    internal override FoundHead Import(HeadImport import)
    {
        var maps = import.MapsBehind(import.ClassOutput);
        string[] names = [.. maps.Select(map => map.Name)];
        GridSize[] grids = [.. maps.Select(map => new GridSize((int)map.Shape[3], (int)map.Shape[2]))];
        var anchors = import.Options.Anchors ?? (import.Options.AnchorScheme ?? YoloTail.Anchors(import, names, grids))
            .Generate(import.Width, import.Height, grids);
        var perCell = anchors.Count / grids.Sum(grid => grid.Width * grid.Height);
        foreach (var (name, shape) in maps)
            if (perCell == 0 || shape[1] % perCell != 0 || shape[1] / perCell <= 5 || shape[1] != maps[0].Shape[1])
                throw new ModelException(
                    $"{import.Model.Path}: the map '{name}' is {shape}; with {perCell} anchors a cell its channels "
                    + $"should be {perCell} (5 + classes), on all levels. Check the output and the anchors.");
        var model = import.WithMapClasses(names, others: 5, (int)maps[0].Shape[1] / perCell - 5);
        return import.Found(this with { Maps = names, Grids = grids }, model, names[0], names[0], anchors);
    }
}
