using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Class logits [batch, anchors, classes] and boxes as deltas of anchors [batch, anchors, 4]: SSD, RetinaNet and their
/// relatives.
/// </summary>
public abstract record AnchorHead : DetectionHead
{
    /// <summary>The loss. Null: the customary one.</summary>
    [JsonIgnore]
    public DetectionLoss? Loss { get; init; }

    /// <summary>Which anchors learn which object. Null: the customary match.</summary>
    [JsonIgnore]
    public Matcher? Matcher { get; init; }

    internal DetectionLoss EffectiveLoss => Loss ?? CustomaryLoss;

    internal Matcher EffectiveMatcher => Matcher ?? CustomaryMatcher;

    private protected abstract DetectionLoss CustomaryLoss { get; }

    private protected abstract Matcher CustomaryMatcher { get; }

    internal override string LossName => EffectiveLoss.GetType().Name;

    internal override bool AveragesImages => EffectiveLoss.AveragesImages;

    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        var batch = values[0].Shape.Rank > 0 ? values[0].Shape[0] : 1;
        var (classes, boxes) = (new TensorShape(batch, detector.Anchors.Count, detector.ClassColumns),
            new TensorShape(batch, detector.Anchors.Count, 4));
        return values[0].Shape == classes && values[1].Shape == boxes
            ? detector.Decoder.Coder.HeightFirst ? [values[0], WidthFirst(values[1])] : values
            : throw new ModelException(
                $"{detector.Path}: '{detector.ClassValue}' is {values[0].Shape} and '{detector.BoxValue}' "
                + $"{values[1].Shape}; {detector.Anchors.Count} anchors and {detector.ClassColumns} class columns need "
                + $"{classes} and {boxes}. Check the anchors and classes.");
    }

    internal override IReadOnlyList<string> GridMaps(HeadFrame detector) =>
        HeadMaps.Behind(detector.Model, detector.BoxValue);

    private static Var WidthFirst(Var deltas) =>
        Op.Concat([.. new[] { 1, 0, 3, 2 }.Select(column => Op.Slice(deltas, 2, column, column + 1))], 2);

    internal override TargetWriter Targets(HeadFrame detector)
    {
        Box[] anchors = [.. detector.Anchors];
        var (columns, matcher, coder) = (new BoxColumns(anchors), EffectiveMatcher, detector.Decoder.Coder);
        return (sample, _, classes, boxes) =>
        {
            var matches = new int[anchors.Length];
            matcher.Match(sample.Truths, columns, matches, sample.Ignored);
            coder.EncodeMatches(sample.Truths, matches, anchors, MemoryMarshal.Cast<float, BoxDelta>(boxes));
            sample.WriteClasses(matches, classes);
        };
    }

    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables) =>
        EffectiveLoss.Terms(targets, tables[0], tables[1]);

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables) =>
        new(tables[0], detector.Decoder.Activation == ClassActivation.Softmax, tables[1])
        {
            Background = detector.Decoder.BackgroundClass,
        };

    internal override DetectedObject[] Decode(
        HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables)
    {
        var found = detector.Decoder.Decode(
            tables[0].Span, MemoryMarshal.Cast<float, BoxDelta>(tables[1].Span), [.. detector.Anchors],
            detector.Resize.Width, detector.Resize.Height);
        return [.. found.Select(o => o with { Class = detector.ClassOfColumn(o.Class) })];
    }

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        var scores = detector.Decoder.Activation switch
        {
            ClassActivation.Sigmoid => Op.Logistic(tables[0]),
            ClassActivation.Softmax => Op.Softmax(tables[0]),
            _ => tables[0],
        };
        var boxes = new DecodingTail([.. detector.Anchors], detector.Decoder.Coder).Boxes(tables[1]);
        return (Op.Squeeze(scores, 0), Op.Squeeze(boxes, 0));
    }

    internal override FoundHead Import(HeadImport import)
    {
        var options = import.Options;
        var (classValue, boxValue) = (import.Raw(import.ClassOutput), import.Raw(import.BoxOutput));
        var given = options.Anchors ?? options.AnchorScheme?.Generate(
            import.Width, import.Height, [.. import.Maps(boxValue)]);
        var tail = given is null
            ? import.Tail ?? TailAnchors.Find(import.Model, boxValue, import.Input, import.BoxOutput) : null;
        var anchors = given ?? tail!.Anchors;
        var shapes = import.Shapes(classValue, boxValue);
        import.Expect(shapes[0].Rank == 3 && shapes[0][1] == anchors.Count, import.ClassOutput, shapes[0],
            $"[1, {anchors.Count}, classes] for {anchors.Count} anchors");
        import.Expect(shapes[1] == new TensorShape(1, anchors.Count, 4), import.BoxOutput, shapes[1],
            $"[1, {anchors.Count}, 4]");
        var background = CustomaryDecoder.BackgroundClass is not null;
        var model = import.WithClassColumns(classValue, (int)shapes[0][-1], options.Classes.Count + (background ? 1 : 0),
            background ? null : 0.01f, backgroundLast: false);
        var found = import.Found(this, model, classValue, boxValue, anchors);
        return found with
        {
            Decoder = found.Decoder with { Coder = options.Coder ?? tail?.Coder ?? found.Decoder.Coder },
            Pixels = KnownAnchors.Of(anchors, import.Maps(boxValue), import.Width, import.Height)?.Pixels,
        };
    }
}
