using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Lovasz softmax: for each class c the convex extension of the Jaccard loss on the errors |[t = c] - p_c|, then the
/// mean over classes. Predictions [B, C, ...], targets Int64 [B, ...]. Berman et al. 2018,
/// https://arxiv.org/abs/1705.08790
/// </summary>
[Formula("mean over classes of the Lovasz extension of the Jaccard loss on |[t = c] - p_c|",
    Paper = "https://arxiv.org/abs/1705.08790")]
public sealed record LovaszSoftmaxLoss : LovaszLoss
{
    /// <summary>Predictions are probabilities, not logits.</summary>
    public bool FromProbabilities { get; init; }

    /// <summary>Each image on its own, then the mean; else all pixels of the batch together.</summary>
    public bool ByImage { get; init; }

    /// <summary>Which classes count.</summary>
    public LovaszClasses Classes { get; init; } = LovaszClasses.Present;

    /// <summary>Only these classes of those; empty: all of them.</summary>
    public IReadOnlyList<long> Only { get; init; } = [];

    // One row an image (or one for all): the mean over its classes.
    private protected override Var Regions(Var prediction, Var target, Var? counted)
    {
        var (c, pixels) = (prediction.Shape[1], target.Shape.Size / target.Shape[0]);
        var p = Grouped(FromProbabilities ? prediction : Softmax(prediction, 1), c, pixels);
        var numbers = prediction.Graph.Constant(Tensor.Of<long>(new(1, c, 1), [.. Enumerable.Range(0,
            (int)c).Select(i => (long)i)]));
        var truth = Cast(Equal(Grouped(target, 1, pixels), numbers), p.Type);                        // [R, C, P]
        var errors = Abs(truth - p);
        if (counted is not null)
        {
            var keep = Cast(Greater(Grouped(counted, 1, pixels), p.Like(0)), p.Type);
            (errors, truth) = (errors * keep - (1f - keep), truth * keep);
        }
        var (rows, n) = (errors.Shape[0], errors.Shape[2]);
        var flat = Reshape(errors, [rows * c, n]);
        var weights = LovaszGradient.Of(flat, Reshape(truth, [rows * c, n]));
        var losses = Reshape(ReduceSum(Relu(flat) * weights, [1]), [rows, c]);
        var chosen = Chosen(truth, losses);
        return ReduceSum(losses * chosen, [1], keep: false) / AtLeastOne(ReduceSum(chosen, [1], keep: false));
    }

    // [B, K, ...] as [R, K, P]: one row an image, or one for the batch.
    private Var Grouped(Var values, long channels, long pixels)
    {
        var x = Reshape(values, [values.Shape[0], channels, pixels]);
        return ByImage ? x : Reshape(Transpose(x, 1, 0, 2), [1, channels, values.Shape[0] * pixels]);
    }

    // 1 for the classes that count, [R, C].
    private Var Chosen(Var truth, Var losses)
    {
        var listed = losses.Graph.Constant(Tensor.Vector<float>([.. Enumerable.Range(0, (int)losses.Shape[1])
            .Select(c => Only.Count == 0 || Only.Contains(c) ? 1f : 0f)]));
        return Classes == LovaszClasses.All ? Expand(listed, losses.Shape) : listed * ReduceMax(truth, [2],
            keep: false);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Lovasz(this, ByImage);
        if (!ByImage)
            RefuseParts(prediction, "set ByImage");
        Expect(prediction.Shape.Rank > 2 && prediction.Shape.Size > 0, nameof(prediction), prediction,
            "floats [B, C, ...]");
        LossArgument.Labels(this, prediction, target, 1);
        Expect(Only.All(c => c >= 0 && c < prediction.Shape[1]), nameof(Only), string.Join(", ", Only),
            $"classes from 0 to {prediction.Shape[1] - 1}");
    }
}
