using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// A loss whose weight map is added to its elements instead of multiplied, as some texts on segmentation print U-Net's
/// loss.
/// The map then moves the value only: the gradient is that of the plain loss. Use <see cref="LossInputs.Weight"/> with
/// the plain loss for U-Net's own, multiplied form.
/// </summary>
/// <param name="Plain">The loss of each element.</param>
[Formula("loss + weight map")]
public sealed record AddedWeightLoss(Loss Plain) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => Plain.Elements(prediction, target);

    /// <inheritdoc/>
    protected override Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var plain = Formula(prediction, target);
        return Reduced(inputs.Weight is { } map ? plain + map : plain, target, inputs with { Weight = null });
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target) =>
        Expect(Normalizer is Normalizer.Mean or Normalizer.None, nameof(Normalizer), Normalizer, "Mean or None");
}
