using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// The loss of YOLO with anchors, as YOLOv5 has it: on each level the means of 1 - CIoU and of the class cross-entropy
/// over the matched anchors, and of the objectness cross-entropy (towards CIoU, at least 0) over all; the levels are
/// added, their objectness weighted. https://docs.ultralytics.com/yolov5/tutorials/architecture_description
/// </summary>
[Formula("sum over levels of 0.05 mean(1 - CIoU) + balance mean(objectness) + 0.5 mean(class cross-entropy)",
    Paper = "https://docs.ultralytics.com/yolov5/tutorials/architecture_description")]
public sealed record YoloLoss
{
    /// <summary>Weight of the boxes.</summary>
    public float BoxWeight { get; init; } = 0.05f;

    /// <summary>Weight of the objectness.</summary>
    public float ObjectnessWeight { get; init; } = 1f;

    /// <summary>Weight of the classes; a single class has no loss of its own.</summary>
    public float ClassWeight { get; init; } = 0.5f;

    /// <summary>Weights of the levels' objectness, finest first; a level beyond the last one has the last
    /// weight.</summary>
    public IReadOnlyList<float> Balance { get; init; } = [4f, 1f, 0.4f];

    /// <summary>
    /// The terms "box", "objectness" and "classification"; their sum is the loss. Targets: class numbers [B, A] (-1:
    /// not matched, -2: does not count) and boxes [B, A, 4]; outputs [B, A, 5 + C]: decoded box, objectness logit,
    /// class logits. Boxes are centre and size.
    /// </summary>
    /// <param name="targets">What the anchors should predict.</param>
    /// <param name="outputs">What they predict.</param>
    /// <param name="anchorsPerLevel">A split by level.</param>
    public IReadOnlyDictionary<string, Var> Terms(
        DetectionTargets targets, Var outputs, params IReadOnlyList<long> anchorsPerLevel)
    {
        Check(targets, outputs, anchorsPerLevel);
        var terms = new Dictionary<string, Var>();
        var split = anchorsPerLevel.ToArray();
        var (classes, boxes) = (Split(targets.Classes, 1, split), Split(targets.Boxes, 1, split));
        foreach (var (level, table) in Split(outputs, 1, split).Index())
            foreach (var (name, term) in Level(new(classes[level], boxes[level]), table, level))
                terms[name] = terms.TryGetValue(name, out var sum) ? sum + term : term;
        return terms;
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var outputs, params IReadOnlyList<long> anchorsPerLevel) =>
        Terms(targets, outputs, anchorsPerLevel).Values.Aggregate((a, b) => a + b);

    private Dictionary<string, Var> Level(DetectionTargets targets, Var outputs, int level)
    {
        var (classes, c) = (targets.Classes, outputs.Shape[2] - 5);
        var parts = Split(outputs, 2, 4, 1, c);
        var matched = Cast(GreaterOrEqual(classes, classes.Like(0)), outputs.Type);
        var counted = Cast(GreaterOrEqual(classes, classes.Like(-1)), outputs.Type);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(matched));
        var ciou = new IouLoss(IouKind.Complete) { Form = BoxForm.Centre }.Elements(parts[0], targets.Boxes);
        var bce = new BinaryCrossEntropyLoss();
        var objectness = bce.Elements(Squeeze(parts[1], 2), matched * Relu(1f - Detach(ciou)));
        var labels = OneHot(Max(classes, classes.Like(0)), c);
        var byClass = ReduceSum(bce.Elements(parts[2], labels), [2], keep: false);
        return new()
        {
            ["box"] = BoxWeight * share * SumAll(matched * ciou),
            ["objectness"] = ObjectnessWeight * Balance[Math.Min(level, Balance.Count - 1)]
                * SumAll(counted * objectness) / Loss.AtLeastOne(Loss.BatchSum(counted)),
            ["classification"] = (c > 1 ? ClassWeight / c : 0f) * share * SumAll(matched * byClass),
        };
    }

    private void Check(DetectionTargets targets, Var outputs, IReadOnlyList<long> anchorsPerLevel)
    {
        foreach (var (weight, name) in new[] { (BoxWeight, nameof(BoxWeight)), (ClassWeight, nameof(ClassWeight)),
            (ObjectnessWeight, nameof(ObjectnessWeight)) })
            LossArgument.Above(this, 0, strict: false, weight, name);
        LossArgument.Expect(this, Balance.Count > 0, nameof(Balance), "empty", "a weight a level");
        LossArgument.Expect(this, outputs.Type == ElementType.Float32 && outputs.Shape.Rank == 3
            && outputs.Shape[2] > 5, nameof(outputs), outputs, "Float32 [B, A, 5 + C]");
        var (b, a) = (outputs.Shape[0], outputs.Shape[1]);
        LossArgument.Expect(this, anchorsPerLevel.Sum() == a && anchorsPerLevel.All(n => n > 0),
            nameof(anchorsPerLevel), string.Join(" + ", anchorsPerLevel), $"positive numbers that add up to {a}");
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, a]);
        LossArgument.Shaped(this, targets.Boxes, outputs.Type, [b, a, 4]);
    }
}
