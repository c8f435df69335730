using OnnxGraphs.Graphs;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy of a softmax with class numbers: -log p[target], p = softmax(x). Logits [B, ..., C] (or classes on
/// another <see cref="Axis"/>), targets Int64 without that axis; class 0 counts as background.
/// </summary>
public sealed record CrossEntropyLoss : Loss
{
    /// <summary>The axis of the classes; negative ones count from the end.</summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var log = LogSoftmax(prediction, Axis);
        var index = Unsqueeze(target, prediction.Shape.Axis(Axis));
        var nll = -GatherElements(log, index, Axis);
        // d nll/dx = softmax - one-hot
        var minus = Filled(target.Graph, index.Shape, -1);
        return Squeeze(WithGradient(nll, (prediction, ScatterElements(Exp(log), index, minus, Axis, "add"))), Axis);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        Expect(prediction.Type.IsFloat() && prediction.Shape.Rank > 0, nameof(prediction), prediction,
            "floats with a class axis");
        Expect(Axis >= -prediction.Shape.Rank && Axis < prediction.Shape.Rank, nameof(Axis), Axis,
            $"an axis of {prediction.Shape}");
        Expect(prediction.Shape[Axis] > 0, nameof(prediction), prediction, "at least one class");
        var classes = prediction.Shape.Axis(Axis);
        var expected = new TensorShape([.. prediction.Shape.Where((_, axis) => axis != classes)]);
        Expect(target.Type == ElementType.Int64 && target.Shape == expected, nameof(target), target,
            $"Int64 {expected}");
    }
}
