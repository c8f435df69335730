using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// A loss as a formula. Weights, ignored elements, normaliser and reduction are here, once for all of them. A loss of
/// your own is a record with a <see cref="Formula"/>; its gradient follows from the operators used.
/// </summary>
public abstract record Loss
{
    /// <summary>What the sum of the elements is divided by.</summary>
    public Normalizer Normalizer { get; init; } = Normalizer.Mean;

    /// <summary>The shape of the result.</summary>
    public Reduction Reduction { get; init; } = Reduction.Batch;

    /// <summary>
    /// The loss of a prediction. The first axis of both is the batch. Targets are constants: nothing flows back to
    /// them.
    /// 16-bit floats are computed in 32 bits.
    /// </summary>
    /// <exception cref="ArgumentException">An option, shape or type does not fit; the message names it.</exception>
    public Var Of(Var prediction, Var target, LossInputs? inputs = null)
    {
        Check(prediction, target);
        Expect(prediction.Type != ElementType.Float64, nameof(prediction), prediction, "Float32, or floats of 16 bits");
        return Reduce(Widen(prediction), Op.Detach(Widen(target)), inputs ?? LossInputs.None);
    }

    /// <summary>The loss of each element, checked, not reduced.</summary>
    internal Var Elements(Var prediction, Var target)
    {
        Check(prediction, target);
        return Formula(prediction, Op.Detach(target));
    }

    /// <summary>The loss of each element, before weights and reduction.</summary>
    protected abstract Var Formula(Var prediction, Var target);

    /// <summary>Refuses options, shapes and types; here: floats, and a target of the prediction's shape and
    /// type.</summary>
    protected virtual void Check(Var prediction, Var target)
    {
        Expect(prediction.Type.IsFloat(), nameof(prediction), prediction, "floats");
        Expect(target.Type == prediction.Type && target.Shape == prediction.Shape, nameof(target), target,
            $"{prediction.Type} {prediction.Shape} like the prediction");
    }

    /// <summary>1 at the targets that count as positive, else 0; here: those above zero.</summary>
    protected virtual Var Positives(Var target) => Op.Cast(Op.Greater(target, target.Like(0)), ElementType.Float32);

    /// <summary>The whole loss; a loss that is no sum of elements has its own.</summary>
    protected virtual Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var size = prediction.Shape.Size;
        var isSum = Reduction == Reduction.Batch && inputs is { Weight: null, Ignore: null } && size > 0
            && Normalizer is (Normalizer.None or Normalizer.Mean or Normalizer.PositivesPerBatch);
        if (!isSum || Sum(prediction, target) is not { } sum)
            return Reduced(Formula(prediction, target), target, inputs);
        return Reduced(Normalizer == Normalizer.Mean ? sum / size : sum, target, inputs);
    }

    /// <summary>The sum of all elements, for a loss whose sum takes fewer passes over memory than its elements; null
    /// elsewhere, as here. Asked for where nothing is weighted, ignored or divided image by image.</summary>
    protected virtual Var? Sum(Var prediction, Var target) => null;

    /// <summary>Elements weighted, summed and divided as the options say.</summary>
    protected Var Reduced(Var values, Var target, LossInputs inputs)
    {
        var elements = new WeightedElements(this, values, inputs);
        if (Reduction == Reduction.None)
            return elements.Values;
        var sums = elements.Sums();
        var divisor = Divisor(elements, target);
        if (Reduction == Reduction.Batch && (divisor is null or { Shape.Rank: 0 }))
            return Divided(Op.SumAll(sums), divisor);
        var perImage = Divided(sums, divisor);
        return Reduction == Reduction.PerImage ? perImage
            : Normalizer == Normalizer.PositivesPerImage ? MeanOfBatch(perImage)
            : Op.SumAll(perImage);
    }

    private static Var Divided(Var sum, Var? divisor) => divisor is null ? sum : sum / Op.Cast(divisor, sum.Type);

    /// <summary>What each target counts in a mean; null for 1 each, as here.</summary>
    protected virtual Var? MeanWeights(Var target) => null;

    private Var? Divisor(WeightedElements elements, Var target) => Normalizer switch
    {
        Normalizer.None => null,
        Normalizer.Mean when MeanWeights(target) is { } counts => OneForZero(ForReduction(elements.SumsKept(counts))),
        Normalizer.Mean => OneForZero(elements.Count(perImage: Reduction == Reduction.PerImage)),
        Normalizer.PositivesPerImage => AtLeastOne(elements.SumsKept(Positives(target))),
        Normalizer.PositivesPerBatch => AtLeastOne(BatchSum(elements.SumsKept(Positives(target)))),
        _ => elements.Divisor(),
    };

    private Var ForReduction(Var counts) => Reduction == Reduction.PerImage ? counts : BatchSum(counts);

    private static Var OneForZero(Var count) => Op.Where(Op.Equal(count, count.Like(0)), count.Like(1), count);

    /// <summary>Throws an <see cref="ArgumentException"/> that names loss, argument, found and expected, unless it
    /// holds.</summary>
    protected void Expect(bool holds, string argument, object? found, string expected) =>
        LossArgument.Expect(this, holds, argument, found, expected);

    /// <summary>Both losses added, each with its own normaliser.</summary>
    public static Loss operator +(Loss a, Loss b) => new LossSum([.. LossSum.TermsOf(a), .. LossSum.TermsOf(b)]);

    /// <summary>The loss times a number.</summary>
    public static Loss operator *(float weight, Loss loss) =>
        new LossSum([.. LossSum.TermsOf(loss).Select(term => (weight * term.Weight, term.Loss))]);

    /// <summary>The sum over the whole batch, of which the graph may compute a part.</summary>
    internal static Var BatchSum(Var x) => Op.SumOverParts(Op.SumAll(x));

    /// <summary>The mean of numbers by image or region, over the places of the whole batch.</summary>
    internal static Var MeanOfBatch(Var values) =>
        Op.SumAll(values) / (float)(Math.Max(1, values.Shape.Size) * PartsOf(values.Graph));

    /// <summary>How many times the places of the graph's batch go into those of the whole one.</summary>
    internal static double PartsOf(Graph graph) => graph.Parts ?? 1;

    /// <summary>Refuses a graph that computes a part of a batch, for a loss that looks at the whole batch at
    /// once.</summary>
    private protected void RefuseParts(Var prediction, string remedy) =>
        Expect(prediction.Graph.Parts is null, "the batch", "in parts (accumulated, or shared by several processes)",
            $"a whole one, for this loss is no sum over its images; {remedy}");

    internal static Var AtLeastOne(Var count) => Op.Max(count, count.Like(1));

    private static Var Widen(Var value) =>
        value.Type is ElementType.Float16 or ElementType.BFloat16 ? Op.Cast(value, ElementType.Float32) : value;
}
