using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>What the Lovász losses share: one value a region (an image, or the batch), and the mean over them.</summary>
public abstract record LovaszLoss : Loss
{
    /// <inheritdoc/>
    protected sealed override Var Formula(Var prediction, Var target) => Regions(prediction, target, null);

    /// <inheritdoc/>
    protected sealed override Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var counted = new WeightedElements(this, target, inputs).Factor;
        var regions = Regions(prediction, target, counted is null ? null : Expand(counted, target.Shape));
        return Reduction == Reduction.Batch ? MeanOfBatch(regions) : regions;
    }

    /// <summary>The loss of each region; pixels whose <paramref name="counted"/> is 0 are left out.</summary>
    private protected abstract Var Regions(Var prediction, Var target, Var? counted);
}
