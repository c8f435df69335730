using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy with class numbers: -log p[target], p = softmax(x). Predictions [B, ..., C] (or classes on another
/// <see cref="Axis"/>), targets Int64 without that axis; class 0 counts as background.
/// </summary>
[Formula("-log p[t], p = softmax(x)")]
public sealed record CrossEntropyLoss : Loss
{
    /// <summary>The axis of the classes; negative ones count from the end.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>Predictions are probabilities, not logits; below 1e-7 they count as that.</summary>
    public bool FromProbabilities { get; init; }

    /// <summary>A factor w a class; a mean then divides by the sum of w[target]. Empty: 1 each.</summary>
    public IReadOnlyList<float> ClassWeights { get; init; } = [];

    /// <summary>
    /// Share e of the target spread over all classes: (1 - e) w[target] ce + e / C sum_c w_c (-log p_c).
    /// Szegedy et al. 2016, https://arxiv.org/abs/1512.00567
    /// </summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Elements with this target do not count; null for none.</summary>
    public long? IgnoreLabel { get; init; }

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (axis, label) = (prediction.Shape.Axis(Axis), Labels(target));
        var log = FromProbabilities ? Log(Clip(prediction, 1e-7f, null)) : LogSoftmax(prediction, axis);
        var loss = LabelWeights(target) is { } weights ? Nll(log, prediction, label) * weights : Nll(log, prediction,
            label);
        if (LabelSmoothing == 0)
            return loss;
        var all = ClassWeights.Count == 0 ? log : log * Along(axis, log);
        var smooth = ReduceSum(all, [axis], keep: false) * (-LabelSmoothing / prediction.Shape[axis]);
        return (1 - LabelSmoothing) * loss + (IgnoreLabel is null ? smooth : smooth * Counted(target));
    }

    // -log p[label]; for logits with the derivative softmax - one-hot.
    private Var Nll(Var log, Var prediction, Var label)
    {
        var (axis, index) = (prediction.Shape.Axis(Axis), Unsqueeze(label, prediction.Shape.Axis(Axis)));
        var nll = -GatherElements(log, index, axis);
        if (FromProbabilities)
            return Squeeze(nll, axis);
        var slope = ScatterElements(Exp(log), index, Filled(label.Graph, index.Shape, -1), axis, "add");
        return Squeeze(WithGradient(nll, (prediction, slope)), axis);
    }

    /// <inheritdoc/>
    protected override Var? MeanWeights(Var target) => LabelWeights(target);

    private Var Labels(Var target) => IgnoreLabel is { } ignored
        ? Where(Equal(target, target.Like(ignored)), target.Like(0), target) : target;

    private Var Counted(Var target) => Cast(Not(Equal(target, target.Like(IgnoreLabel!.Value))), ElementType.Float32);

    // w[target], 0 where ignored; null where both are 1 throughout.
    private Var? LabelWeights(Var target)
    {
        var weights = ClassWeights.Count == 0 ? null : Gather(target.Graph.Constant(Weights), Labels(target));
        return IgnoreLabel is null ? weights : weights is null ? Counted(target) : weights * Counted(target);
    }

    private Tensor Weights => Tensor.Vector<float>([.. ClassWeights]);

    private Var Along(int axis, Var log) => log.Graph.Constant(Weights.Reshape(
        new([ClassWeights.Count, .. Enumerable.Repeat(1L, log.Shape.Rank - 1 - axis)])));

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Labels(this, prediction, target, Axis);
        LossArgument.Share(this, LabelSmoothing);
        var classes = prediction.Shape[Axis];
        Expect(ClassWeights.Count == 0 || ClassWeights.Count == classes, nameof(ClassWeights), ClassWeights.Count,
            $"none or {classes}, one a class");
        Expect(ClassWeights.All(w => float.IsFinite(w) && w >= 0), nameof(ClassWeights),
            string.Join(", ", ClassWeights), "finite numbers of at least 0");
    }
}
