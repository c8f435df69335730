using System.Text.Json.Serialization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// FCOS: for each point of a grid one sigmoid a class [batch, points, classes], the distances to the four sides of its
/// box [batch, points, 4] and a centerness [batch, points, 1]. The score of a class is the geometric mean of its
/// probability and the centerness. Points are written as square anchors whose side is the stride of their level.
/// Tian et al. 2019, https://arxiv.org/abs/1904.01355; torchvision's FCOS is scored and trained with equal numbers.
/// </summary>
public sealed record FcosHead : DetectionHead
{
    /// <summary>
    /// Name of the centerness: for an import the output (or inner value), in a detector the raw value, before Sigmoid.
    /// </summary>
    public required string CenternessValue { get; init; }

    /// <summary>Points of each level, finest first; an import counts them.</summary>
    public IReadOnlyList<int> PointsPerLevel { get; init; } = [];

    /// <summary>Unit of the distances: strides, as in torchvision, or pixels.</summary>
    public DistanceCoder Coder { get; init; } = new();

    /// <summary>Where in its cell a point lies, as a part of the stride: 0 in torchvision, 0.5 in the paper.</summary>
    public float PointOffset { get; init; }

    /// <summary>The loss.</summary>
    [JsonIgnore]
    public FcosLoss Loss { get; init; } = new();

    /// <summary>Which points learn which object.</summary>
    [JsonIgnore]
    public FcosMatcher Matcher { get; init; } = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Fcos;

    internal override DetectionDecoder CustomaryDecoder => DetectionDecoder.Fcos;

    internal override Normalization? CustomaryPixels => Normalization.ImageNet;

    internal override string LossName => nameof(FcosLoss);

    internal override IReadOnlyList<string> Values(HeadFrame detector) =>
        [detector.ClassValue, detector.BoxValue, CenternessValue];

    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        detector.Expect(detector.ClassValue, values[0], detector.Classes.Count);
        detector.Expect(detector.BoxValue, values[1], 4);
        var flat = values[2].Shape.Rank == 2;
        var centerness = flat ? Op.Unsqueeze(values[2], 2) : values[2];
        detector.Expect(CenternessValue, centerness, 1);
        return [values[0], values[1], centerness];
    }

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables) =>
        new(tables[0], false, Coder.NormalizeBySize ? tables[1] : detector.InPlaces(tables[1])) { Objectness = tables[2] };

    internal override TargetWriter Targets(HeadFrame detector)
    {
        Box[] points = [.. detector.Anchors];
        var columns = new BoxColumns(points);
        return (sample, _, classes, boxes) =>
        {
            var matches = Matcher.Match(sample.Truths, points, [.. PointsPerLevel]);
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCorners(matches, boxes);
        };
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables)
    {
        var points = detector.Anchors.SelectMany(Frame).ToArray();
        var constant = tables[0].Graph.Constant(Tensor.Of<float>(new(detector.Anchors.Count, 4), points));
        return Loss.Terms(targets, constant, tables[0], tables[1], tables[2]);
    }

    // The loss takes the size of a point's box as the unit of distances.
    private float[] Frame(Box point)
    {
        var unit = Coder.NormalizeBySize ? point : Box.FromCxcywh(point.CenterX, point.CenterY, 1, 1);
        return [unit.X0, unit.Y0, unit.X1, unit.Y1];
    }

    internal override DetectedObject[] Decode(
        HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables)
    {
        ReadOnlySpan<float> logits = tables[0].Span, distances = tables[1].Span, centerness = tables[2].Span;
        var (scores, boxes) = (new float[logits.Length], new Box[centerness.Length]);
        var classes = detector.Classes.Count;
        for (var i = 0; i < boxes.Length; i++)
        {
            var d = distances.Slice(4 * i, 4);
            boxes[i] = Coder.Decode((d[0], d[1], d[2], d[3]), detector.Anchors[i]);
            var centred = ClassScores.Sigmoid(centerness[i]);
            for (var c = i * classes; c < (i + 1) * classes; c++)
                scores[c] = MathF.Sqrt(ClassScores.Sigmoid(logits[c]) * centred);
        }
        return detector.Select(scores, boxes, [.. PointsPerLevel]);
    }

    internal override (float Class, float Objectness) ScorePowers => (0.5f, 0.5f);

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        var frames = Tensor.Of<float>(new(detector.Anchors.Count, 4), detector.Anchors.SelectMany(Frame).ToArray());
        var (points, distances) = (tables[1].Graph.Constant(frames), Op.Squeeze(tables[1], 0));
        var (low, high) = (Op.Slice(points, 1, 0, 2), Op.Slice(points, 1, 2, 4));
        var (center, unit) = ((low + high) * 0.5f, high - low);
        var boxes = Op.Concat(
            [center - Op.Slice(distances, 1, 0, 2) * unit, center + Op.Slice(distances, 1, 2, 4) * unit], 1);
        return (Op.Squeeze(Op.Sqrt(Op.Logistic(tables[0]) * Op.Logistic(tables[2])), 0), boxes);
    }

    internal override IReadOnlyList<int> PlacesPerLevel(HeadFrame detector) => PointsPerLevel;

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) =>
        HeadMaps.Behind(detector.Model, detector.ClassValue);

    internal override DetectionHead Over(IReadOnlyList<GridSize> maps) =>
        this with { PointsPerLevel = [.. maps.Select(map => map.Width * map.Height)] };

    internal override bool FitsAnchors(int anchors) => PointsPerLevel.Sum() == anchors;

    internal override FoundHead Import(HeadImport import)
    {
        var options = import.Options;
        var (classValue, centerness) = (import.Raw(import.ClassOutput), import.Raw(CenternessValue));
        // Distances are positive: an activation, sometimes with a learnt scale, stands between the layer and the value.
        var shapes = import.Shapes(classValue, import.BoxOutput, centerness);
        var maps = import.Maps(classValue);
        var count = maps.Sum(map => map.Width * map.Height);
        import.Expect(shapes[0].Rank == 3 && shapes[0][1] == count, import.ClassOutput, shapes[0],
            $"[1, {count}, classes]: one point for each cell of {string.Join(", ", maps)}");
        import.Expect(shapes[1] == new TensorShape(1, count, 4), import.BoxOutput, shapes[1],
            $"[1, {count}, 4], the distances to the left, top, right and bottom side");
        import.Expect(shapes[2].Size == count, CenternessValue, shapes[2], $"[1, {count}, 1]");
        var model = import.WithClassColumns(classValue, options.Classes.Count, prior: 0.01f);
        var head = this with
        {
            CenternessValue = centerness, PointsPerLevel = [.. maps.Select(map => map.Width * map.Height)],
        };
        var points = options.Anchors
            ?? (options.AnchorScheme ?? Scheme(import, maps)).Generate(import.Width, import.Height, [.. maps]);
        return import.Found(head, model, classValue, import.BoxOutput, points);
    }

    private RetinaNetAnchors Scheme(HeadImport import, IReadOnlyList<GridSize> maps)
    {
        // The last cells may reach over the picture's edge: strides are powers of two.
        var strides = maps.Select(map =>
            new[] { MathF.Pow(2, MathF.Round(MathF.Log2((float)import.Width / map.Width))) });
        return RetinaNetAnchors.WithRatios([.. strides], [1f]) with { CenterOffset = PointOffset };
    }
}
