using System.Text.Json.Serialization;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// DETR: a set of queries, each of which predicts classes with "no object" in the last column [batch, queries,
/// classes + 1] and a box, centre and size in parts of the picture [batch, queries, 4]. Queries and objects are matched
/// one to one at least cost by the predictions of the present weights; more objects than queries compete for them, and
/// the loss divides by all objects. An anchor is the whole picture. Carion et al. 2020,
/// https://arxiv.org/abs/2005.12872. RT-DETR, D-FINE and DEIM have a sigmoid for each class instead:
/// <see cref="Sigmoid"/>.
/// </summary>
public sealed record DetrHead : DetectionHead
{
    /// <summary>Whether each class has a sigmoid of its own, [batch, queries, classes] without "no object".</summary>
    public bool Sigmoid { get; init; }

    /// <summary>The loss of a softmax with "no object".</summary>
    [JsonIgnore]
    public DetrLoss Loss { get; init; } = new();

    /// <summary>The loss of sigmoids.</summary>
    [JsonIgnore]
    public RtDetrLoss SigmoidLoss { get; init; } = new();

    /// <summary>Which query learns which object.</summary>
    [JsonIgnore]
    public HungarianMatcher Matcher
    {
        get => field ?? (Sigmoid ? new(ClassCost: 2) { Sigmoid = true } : new());
        init;
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override HeadKind Kind => HeadKind.Detr;

    internal override DetectionDecoder CustomaryDecoder =>
        Sigmoid ? DetectionDecoder.Detr with { MaxDetections = 300 } : DetectionDecoder.Detr;

    internal override Normalization? CustomaryPixels => Sigmoid ? Normalization.Unit : Normalization.ImageNet;

    internal override string LossName => Sigmoid ? nameof(RtDetrLoss) : nameof(DetrLoss);

    internal override bool MatchesPredictions => true;

    internal override bool CountsObjects => true;

    internal override IReadOnlyList<Var> Tables(HeadFrame detector, IReadOnlyList<Var> values)
    {
        detector.Expect(detector.ClassValue, values[0], detector.Classes.Count + NoObject);
        detector.Expect(detector.BoxValue, values[1], 4);
        return values;
    }

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables) =>
        new(tables[0], !Sigmoid, tables[1]) { Background = Sigmoid ? null : detector.Classes.Count };

    internal override TargetWriter Targets(HeadFrame detector)
    {
        var resize = detector.Resize;
        return (sample, predicted, classes, boxes) =>
        {
            Box[] truths = [.. sample.Truths.Select(box => box.Normalize(resize.Width, resize.Height))];
            var matches = Matcher.Match(truths, sample.Classes,
                BoxConversion.ToBoxes(predicted[1].Span, BoxFormat.Cxcywh), predicted[0].Span);
            sample.WriteClasses(matches, classes);
            (sample with { Truths = truths }).WriteCentres(matches, boxes);
        };
    }

    // The loss wants "no object" as the class behind the last one.
    internal override IReadOnlyDictionary<string, Var> Terms(
        HeadFrame detector, DetectionTargets targets, IReadOnlyList<Var> tables)
    {
        if (Sigmoid)
            return SigmoidLoss.Terms(targets, tables[0], tables[1]);
        var classes = targets.Classes;
        var none = Op.Equal(classes, classes.Like(Matching.Matcher.Background));
        var labels = Op.Where(none, classes.Like(detector.Classes.Count), classes);
        return Loss.Terms(targets with { Classes = labels }, tables[0], tables[1]);
    }

    internal override DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables)
    {
        var (classes, resize) = (detector.Classes.Count, detector.Resize);
        if (Sigmoid)
            return detector.Select(ClassScores.Probabilities(tables[0].Span, classes, ClassActivation.Sigmoid),
                [.. BoxConversion.ToBoxes(tables[1].Span, BoxFormat.Cxcywh)
                    .Select(box => box.Denormalize(resize.Width, resize.Height))]);
        var all = ClassScores.Probabilities(tables[0].Span, classes + 1, ClassActivation.Softmax);
        var boxes = BoxConversion.ToBoxes(tables[1].Span, BoxFormat.Cxcywh);
        var scores = new float[boxes.Length * classes];
        for (var i = 0; i < boxes.Length; i++)
        {
            boxes[i] = boxes[i].Denormalize(resize.Width, resize.Height);
            var row = all.AsSpan(i * (classes + 1), classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
                if (row[c] > row[best])
                    best = c;
            scores[i * classes + best] = row[best];
        }
        return detector.Select(scores, boxes);
    }

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        var (classes, resize) = (detector.Classes.Count, detector.Resize);
        var scores = Sigmoid ? Op.Squeeze(Op.Logistic(tables[0]), 0) : Best(tables[0], classes);
        var parts = Op.Split(Op.Squeeze(tables[1], 0), 1, 2, 2);
        var size = tables[1].Graph.Constant(Tensor.Vector<float>(resize.Width, resize.Height));
        var (centre, half) = (parts[0] * size, parts[1] * size * 0.5f);
        return (scores, Op.Concat([centre - half, centre + half], 1));
    }

    // Scores are named as well as what their sigmoid makes them of.
    private static string Logits(OnnxModel model, string name) =>
        model.Producers.GetValueOrDefault(name) is { OpType: "Sigmoid" } sigmoid ? sigmoid.Input[0] : name;

    private int NoObject => Sigmoid ? 0 : 1;

    // A query has one class, its best.
    private static Var Best(Var logits, int classes)
    {
        var scores = Op.Slice(Op.Squeeze(Op.Softmax(logits), 0), 1, 0, classes);
        return scores * Op.OneHot(Op.Squeeze(Op.ArgMax(scores, 1), 1), classes);
    }

    internal override FoundHead Import(HeadImport import)
    {
        var options = import.Options;
        var classValue = Sigmoid ? Logits(import.Model, import.ClassOutput) : import.Raw(import.ClassOutput);
        // Boxes lie behind a sigmoid, which belongs to them.
        var shapes = import.Shapes(classValue, import.BoxOutput);
        import.Expect(shapes[0].Rank == 3, import.ClassOutput, shapes[0],
            $"[1, queries, classes{(Sigmoid ? "" : " + 1")}]");
        var queries = shapes[0][1];
        import.Expect(shapes[1] == new TensorShape(1, queries, 4), import.BoxOutput, shapes[1],
            $"[1, {queries}, 4], centre and size in parts of the picture");
        var layer = Sigmoid ? QueryHead.LayerOf(import.Model, classValue, import.InputShapes) : classValue;
        var model = import.WithClassColumns(layer, options.Classes.Count + NoObject, prior: Sigmoid ? 0.01f : null,
            backgroundLast: true);
        var whole = new Box(0, 0, import.Width, import.Height);
        return import.Found(this, model, classValue, import.BoxOutput,
            [.. Enumerable.Repeat(whole, (int)queries)]);
    }
}
