using System.Numerics;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>Losses and matchers of a described head; each may be replaced.</summary>
public sealed record DenseTraining
{
    /// <summary>The loss of heads with an objectness.</summary>
    public YoloxLoss Objectness { get; init; } = new();

    /// <summary>Which of their places learn which object.</summary>
    public SimOtaMatcher Assignment { get; init; } = new();

    /// <summary>The loss of heads without one.</summary>
    public Yolov8Loss Alignment { get; init; } = new();

    /// <summary>Which of their places learn which object.</summary>
    public TaskAlignedMatcher Matcher { get; init; } = new(TopK: 10, Alpha: 0.5f, Beta: 6f, InsideFirst: true);

    /// <summary>The loss of heat maps.</summary>
    public CenterNetLoss Centres { get; init; } = new();

    /// <summary>How heat lies around the centres of objects.</summary>
    public CentreHeat Heat { get; init; } = new();

    /// <summary>The loss of deltas of anchors. Null: SSD's or RetinaNet's.</summary>
    public DetectionLoss? Anchored { get; init; }

    internal TargetWriter ByObjectness(DenseHead head, HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var (points, strides) = (Points(anchors), head.Strides(detector.Resize.Width, detector.Resize.Height).Select(stride => stride.X).ToArray());
        var columns = new BoxColumns(anchors);
        return (sample, predicted, classes, boxes) =>
        {
            var logits = head.Score.Softmax
                ? Logits(head.Score.Probabilities(predicted[1].Span, detector.Classes.Count)) : predicted[1].Span;
            var matches = Assignment.Match(sample.Truths, sample.Classes,
                BoxConversion.ToBoxes(predicted[0].Span, BoxFormat.Xyxy), logits, predicted[2].Span, points, strides)
                .Matches;
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCentres(matches, boxes);
        };
    }

    internal TargetWriter ByAlignment(DenseHead head, HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var (points, columns) = (Points(anchors), new BoxColumns(anchors));
        var matcher = head.OneToOne ? Matcher with { TopK = 1 } : Matcher;
        return (sample, predicted, classes, boxes) =>
        {
            var (matches, _, qualities) = matcher.Match(sample.Truths, sample.Classes,
                head.Score.Probabilities(predicted[1].Span, detector.Classes.Count),
                BoxConversion.ToBoxes(predicted[0].Span, BoxFormat.Xyxy), points);
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            sample.WriteCornersAndQualities(matches, qualities, boxes);
        };
    }

    internal IReadOnlyDictionary<string, Var> ObjectnessTerms(
        DenseHead head, DetectionTargets targets, IReadOnlyList<Var> tables)
    {
        var (low, high) = (Op.Slice(tables[0], 2, 0, 2), Op.Slice(tables[0], 2, 2, 4));
        var outputs = Op.Concat([(low + high) * 0.5f, high - low, tables[2], tables[1]], 2);
        return (Objectness with { ExclusiveClasses = head.Score.Softmax }).Terms(targets, outputs);
    }

    internal IReadOnlyDictionary<string, Var> AlignmentTerms(
        DenseHead head, DetectionTargets targets, IReadOnlyList<Var> tables, PlaceTable places)
    {
        var wanted = Op.Split(targets.Boxes, 2, 4, 1);
        var sides = head.Code is DistributionCode code ? code.Sides(tables[2]) : null;
        return Alignment.Terms(targets with { Boxes = wanted[0] }, Op.Squeeze(wanted[1], 2), places.Cells,
            tables[0], tables[1], sides);
    }

    // One level: corners of the object and the heat of each class.
    internal TargetWriter ByCentre(DenseHead head, HeadFrame detector)
    {
        var (level, columns) = (head.Levels[0], new BoxColumns([.. detector.Anchors]));
        var (x, y) = DenseHead.Stride(detector.Resize.Width, detector.Resize.Height, level);
        var (count, width) = (detector.Classes.Count, 4 + detector.Classes.Count);
        return (sample, _, classes, boxes) =>
        {
            var (matches, heat) = (new int[level.Places], new float[level.Places * count]);
            Array.Fill(matches, Matching.Matcher.Background);
            Heat.Draw([.. sample.Truths.Select(box => box.Scale(1 / x, 1 / y))], sample.Classes, level.Width, heat, matches);
            IgnoredRegions.Apply(matches, columns, sample.Ignored);
            sample.WriteClasses(matches, classes);
            var corners = new float[4 * level.Places];
            sample.WriteCorners(matches, corners);
            for (var i = 0; i < level.Places; i++)
            {
                corners.AsSpan(4 * i, 4).CopyTo(boxes[(width * i)..]);
                heat.AsSpan(count * i, count).CopyTo(boxes[(width * i + 4)..]);
            }
        };
    }

    internal IReadOnlyDictionary<string, Var> CentreTerms(
        DetectionTargets targets, IReadOnlyList<Var> tables, PlaceTable places)
    {
        var wanted = Op.Split(targets.Boxes, 2, 4, targets.Boxes.Shape[2] - 4);
        return Centres.Terms(targets with { Boxes = wanted[0] }, wanted[1], tables[1], tables[0], places.Strides);
    }

    private static Vector2[] Points(Box[] anchors) =>
        [.. anchors.Select(anchor => new Vector2(anchor.CenterX, anchor.CenterY))];

    // What a sigmoid makes these probabilities of.
    private static float[] Logits(float[] probabilities) =>
        [.. probabilities.Select(p => MathF.Log(MathF.Max(p, 1e-7f) / MathF.Max(1 - p, 1e-7f)))];
}
