using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss of a softmax with class numbers: -a_t (1 - p_t)^g log p_t, p_t = softmax(x)[target]. Predictions
/// [B, ..., C] (or classes on another <see cref="Axis"/>), targets Int64 without that axis; class 0 is background.
/// </summary>
/// <param name="Alpha">a_t of the objects; background gets 1 - a. Null for 1 throughout.</param>
/// <param name="Gamma">Focusing exponent g, at least 0.</param>
[Formula("-a_t (1 - p_t)^g log p_t, p = softmax(x)", Paper = "https://arxiv.org/abs/1708.02002")]
public sealed record SoftmaxFocalLoss(float? Alpha = 0.25f, float Gamma = 2f) : Loss
{
    /// <summary>The axis of the classes; negative ones count from the end.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>Predictions are probabilities, not logits; below 1e-7 they count as that.</summary>
    public bool FromProbabilities { get; init; }

    /// <summary>a_t of each class, instead of <see cref="Alpha"/>. Empty: not used.</summary>
    public IReadOnlyList<float> ClassAlpha { get; init; } = [];

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var ce = new CrossEntropyLoss { Axis = Axis, FromProbabilities = FromProbabilities }.Elements(prediction,
            target);
        var focal = Pow(Relu(1f - Exp(-ce)), Gamma) * ce;
        if (ClassAlpha.Count > 0)
            return Gather(target.Graph.Constant(Tensor.Vector<float>([.. ClassAlpha])), target) * focal;
        return Alpha is { } a ? (Positives(target) * (2 * a - 1) + (1 - a)) * focal : focal;
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Labels(this, prediction, target, Axis);
        if (Alpha is { } a)
            LossArgument.Share(this, a, nameof(Alpha));
        LossArgument.Above(this, 0, strict: false, Gamma);
        var classes = prediction.Shape[Axis];
        Expect(ClassAlpha.Count == 0 || ClassAlpha.Count == classes, nameof(ClassAlpha), ClassAlpha.Count,
            $"none or {classes}, one a class");
    }
}
