using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// A loss that compares whole regions: 1 - score, the score a quotient of sums over pixels. Predictions are logits [B,
/// ...] with targets of the same shape, or [B, C, ...] with class numbers [B, ...] (scope Class).
/// </summary>
public abstract record RegionLoss : Loss
{
    /// <summary>Predictions are probabilities, not logits.</summary>
    public bool FromProbabilities { get; init; }

    /// <summary>Over what the sums are taken.</summary>
    public RegionScope Scope { get; init; } = RegionScope.Batch;

    /// <summary>Added to numerator and denominator; at least 0.</summary>
    public float Smooth { get; init; }

    /// <summary>Added to the denominator, so that empty regions stay finite; at least 0.</summary>
    public float Epsilon { get; init; } = 1e-7f;

    /// <summary>-log(score) instead of 1 - score.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>The score of each region, 1 for a perfect one.</summary>
    protected abstract Var Score(RegionSums sums);

    /// <summary>The loss of each region from its score.</summary>
    protected virtual Var OfScore(Var score) => Logarithmic ? -Log(Max(score, score.Like(1e-7))) : 1f - score;

    /// <inheritdoc/>
    protected sealed override Var Formula(Var prediction, Var target) => Regions(prediction, target, null);

    /// <inheritdoc/>
    protected sealed override Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var pixels = new WeightedElements(this, target, inputs);
        var regions = Regions(prediction, target, pixels.Factor);
        if (Reduction != Reduction.Batch)
            return regions;
        return Scope == RegionScope.Image ? MeanOfBatch(regions)
            : OnceForAllParts(SumAll(regions) / Math.Max(1, regions.Shape.Size));
    }

    private Var Regions(Var prediction, Var target, Var? weight)
    {
        var (p, t) = (prediction, target);
        if (target.Type == ElementType.Int64)
        {
            p = FromProbabilities ? p : Softmax(p, 1);
            t = Cast(Equal(Unsqueeze(target, 1), Numbers(prediction)), p.Type);
            weight = weight is null ? null : Unsqueeze(weight, 1);
        }
        else
            // A region of which little is found is a quotient of small probabilities.
            p = FromProbabilities ? p : Logistic(p);
        var (pw, tw) = weight is null ? (p, t) : (p * weight, t * weight);
        var sums = new RegionSums(Sum(pw * t), Sum(pw), Sum(pw * p), Sum(tw));
        var losses = OfScore(Score(sums));
        return Scope == RegionScope.Class ? losses * Cast(Greater(sums.True, sums.True.Like(0)), p.Type) : losses;
    }

    private static Var Numbers(Var prediction) => prediction.Graph.Constant(Tensor.Of<long>(
        new([prediction.Shape[1], .. Enumerable.Repeat(1L, prediction.Shape.Rank - 2)]),
        [.. Enumerable.Range(0, (int)prediction.Shape[1]).Select(c => (long)c)]));

    // In stages, last axis first, for the digits of sums over millions of pixels.
    private Var Sum(Var values)
    {
        var kept = Scope switch { RegionScope.Image => 0, RegionScope.Class => 1, _ => -1 };
        for (var axis = values.Shape.Rank - 1; axis >= 0; axis--)
            values = axis == kept ? values : ReduceSum(values, [axis]);
        return Scope == RegionScope.Image ? Reshape(values, [-1]) : SumOverParts(Reshape(values, [-1]));
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, Smooth);
        LossArgument.Above(this, 0, strict: Smooth == 0, Epsilon);
        Expect(Normalizer == Normalizer.Mean, nameof(Normalizer), Normalizer, "Mean: the mean over the regions");
        Expect(Reduction != Reduction.PerImage || Scope == RegionScope.Image, nameof(Reduction), Reduction,
            "PerImage with the scope Image only");
        Expect(prediction.Shape.Rank > (Scope == RegionScope.Class ? 1 : 0), nameof(prediction), prediction,
            Scope == RegionScope.Class ? "floats [B, C, ...]" : "floats [B, ...]");
        if (target.Type != ElementType.Int64)
            base.Check(prediction, target);
        else
        {
            Expect(Scope == RegionScope.Class, nameof(Scope), Scope, "Class, as targets are class numbers");
            LossArgument.Labels(this, prediction, target, 1);
        }
    }
}
