using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>A weighted sum of losses, written <c>0.5f * a + b</c>. Each term keeps its own normaliser and
/// reduction.</summary>
public sealed record LossSum : Loss
{
    internal LossSum(IReadOnlyList<(float Weight, Loss Loss)> terms) => Terms = terms;

    /// <summary>The losses with their weights.</summary>
    public IReadOnlyList<(float Weight, Loss Loss)> Terms { get; }

    internal static IReadOnlyList<(float Weight, Loss Loss)> TermsOf(Loss loss) =>
        loss is LossSum sum ? sum.Terms : [(1f, loss)];

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => Reduce(prediction, target, LossInputs.None);

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target) =>
        Expect(Terms.All(term => float.IsFinite(term.Weight)), "weights",
            string.Join(", ", Terms.Select(term => FormattableString.Invariant($"{term.Weight}"))), "finite numbers");

    /// <inheritdoc/>
    protected override Var Reduce(Var prediction, Var target, LossInputs inputs) =>
        Terms.Select(term => term.Weight * term.Loss.Of(prediction, target, inputs)).Aggregate((a, b) => a + b);
}
