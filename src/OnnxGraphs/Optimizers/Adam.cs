using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Adam whose weight decay is a part of the gradient, g += decay p. Kingma and Ba 2015,
/// https://arxiv.org/abs/1412.6980; as torch.optim.Adam.
/// </summary>
public sealed record Adam(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f)
    : AdamMoments(Beta1, Beta2, Epsilon)
{
    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
        Moved(p, WeightDecay == 0 ? g : g + WeightDecay * p, slots, lr, step);
}
