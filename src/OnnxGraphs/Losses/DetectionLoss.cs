using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>A loss of an anchor-based detector: of class logits and encoded boxes together.</summary>
public abstract record DetectionLoss
{
    /// <summary>Whether channel 0 of the logits stands for background (softmax heads) or for the first class (sigmoid
    /// heads).</summary>
    public abstract bool HasBackgroundChannel { get; }

    /// <summary>Whether the loss is a mean over the images of the batch, so that images left empty to fill it weigh
    /// in.</summary>
    public virtual bool AveragesImages => false;

    /// <summary>
    /// The terms by name ("classification", "box"), scalars; their sum is the loss. Logits [B, N, C] (C counts a
    /// background channel where there is one), deltas [B, N, 4] in the code of the targets' boxes.
    /// </summary>
    /// <exception cref="ArgumentException">An option, shape or type does not fit; the message names it.</exception>
    public IReadOnlyDictionary<string, Var> Terms(DetectionTargets targets, Var logits, Var deltas)
    {
        Check(targets, logits, deltas);
        var (classification, box) = Formula(targets, logits, deltas);
        return new Dictionary<string, Var> { ["classification"] = classification, ["box"] = box };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var logits, Var deltas) =>
        Terms(targets, logits, deltas).Values.Aggregate((a, b) => a + b);

    /// <summary>Both terms, scalars.</summary>
    protected abstract (Var Classification, Var Box) Formula(DetectionTargets targets, Var logits, Var deltas);

    /// <summary>Refuses options, shapes and types.</summary>
    protected virtual void Check(DetectionTargets targets, Var logits, Var deltas)
    {
        var shape = logits.Shape;
        Expect(logits.Type == ElementType.Float32 && shape.Rank == 3 && shape[2] > (HasBackgroundChannel ? 1 : 0),
            nameof(logits), logits, $"Float32 [B, N, C], C at least {(HasBackgroundChannel ? 2 : 1)}");
        var (anchors, boxes) = (new TensorShape(shape[0], shape[1]), new TensorShape(shape[0], shape[1], 4));
        Expect(deltas.Type == logits.Type && deltas.Shape == boxes, nameof(deltas), deltas, $"{logits.Type} {boxes}");
        Expect(targets.Classes.Type == ElementType.Int64 && targets.Classes.Shape == anchors,
            nameof(targets.Classes), targets.Classes, $"Int64 {anchors}");
        Expect(targets.Boxes.Type == logits.Type && targets.Boxes.Shape == boxes,
            nameof(targets.Boxes), targets.Boxes, $"{logits.Type} {boxes}");
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that names loss, argument, found and expected, unless it
    /// holds.</summary>
    protected void Expect(bool holds, string argument, object? found, string expected) =>
        LossArgument.Expect(this, holds, argument, found, expected);
}
