using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Lovasz hinge: the convex extension of the Jaccard loss on hinge errors 1 - x (2t - 1), for logits x and targets t of
/// 0 or 1, [B, ...]. Berman et al. 2018, https://arxiv.org/abs/1705.08790
/// </summary>
[Formula("Lovasz extension of the Jaccard loss on max(0, 1 - x (2t - 1))", Paper = "https://arxiv.org/abs/1705.08790")]
public sealed record LovaszHingeLoss : LovaszLoss
{
    /// <summary>Each image on its own, then the mean; else all pixels of the batch together.</summary>
    public bool ByImage { get; init; } = true;

    // Errors of ignored pixels are moved below zero and so behind all that count: their weights no longer matter.
    private protected override Var Regions(Var prediction, Var target, Var? counted)
    {
        var (x, t) = (Rows(prediction), Rows(target));
        var errors = 1f - x * (2f * t - 1f);
        if (counted is not null)
        {
            var keep = Greater(Rows(counted), t.Like(0));
            (errors, t) = (Where(keep, errors, t.Like(-1e30)), Where(keep, t, t.Like(0)));
        }
        return ReduceSum(Relu(errors) * LovaszGradient.Of(errors, t), [1], keep: false);
    }

    private Var Rows(Var values)
    {
        var rows = ByImage ? values.Shape[0] : 1;
        return Reshape(values, new TensorShape(rows, rows == 0 ? 0 : values.Shape.Size / rows));
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Lovasz(this, ByImage);
        if (!ByImage)
            RefuseParts(prediction, "set ByImage");
        Expect(prediction.Shape.Rank > 1 && prediction.Shape.Size > 0, nameof(prediction), prediction,
            "floats [B, ...]");
        base.Check(prediction, target);
    }
}
