using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Adam with decoupled weight decay, p -= lr decay p before the step. Loshchilov and Hutter 2019,
/// https://arxiv.org/abs/1711.05101; as torch.optim.AdamW.
/// </summary>
public sealed record AdamW(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f)
    : AdamMoments(Beta1, Beta2, Epsilon)
{
    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
        Moved(WeightDecay == 0 ? p : p * (1f - WeightDecay * lr), g, slots, lr, step);
}
