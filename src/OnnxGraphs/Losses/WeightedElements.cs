using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>The elements of a loss with their factors: a weight, or 0 where ignored. Missing axes of factors stay
/// missing.</summary>
internal sealed class WeightedElements
{
    private readonly Loss _loss;
    private readonly Var _elements;
    private readonly Var? _factor;
    private readonly Var? _keep;
    private readonly Var? _divisor;

    public WeightedElements(Loss loss, Var elements, LossInputs inputs)
    {
        (_loss, _elements, _divisor) = (loss, elements, inputs.Normalizer);
        LossArgument.Expect(loss, inputs.Ignore is null or { Type: ElementType.Bool },
            nameof(LossInputs.Ignore), inputs.Ignore, "Bool");
        var kept = inputs.Ignore is null ? null : Op.Not(Fitting(inputs.Ignore, nameof(LossInputs.Ignore)));
        _keep = kept is null ? null : Op.Cast(kept, FactorType);
        var weight = inputs.Weight is null ? null
            : Op.Detach(Op.Cast(Fitting(inputs.Weight, nameof(LossInputs.Weight)), FactorType));
        var rank = Math.Max(weight?.Shape.Rank ?? 0, _keep?.Shape.Rank ?? 0);
        _factor = weight is null ? _keep : _keep is null ? weight : Raise(weight, rank) * Raise(_keep, rank);
    }

    private ElementType FactorType => _elements.Type.IsFloat() ? _elements.Type : ElementType.Float32;

    /// <summary>The factors, of the elements' rank; null for 1 throughout.</summary>
    public Var? Factor => _factor is null ? null : Raise(_factor, _elements.Shape.Rank);

    /// <summary>Elements times factors.</summary>
    public Var Values => Factor is { } factor ? _elements * factor : _elements;

    /// <summary>Sums by image, [B]; a scalar is one image.</summary>
    public Var Sums() => PerImage(_factor is null ? _elements : SumAfter(_elements, _factor.Shape.Rank) * _factor);

    /// <summary>The number of elements that are not ignored: of each image, or of the batch.</summary>
    public Var Count(bool perImage)
    {
        if (_keep is not null)
        {
            var counts = PerImage(_keep) * ((float)_elements.Shape.Size / Math.Max(1, _keep.Shape.Size));
            return perImage ? counts : Loss.BatchSum(counts);
        }
        var images = perImage && _elements.Shape.Rank > 0 ? Math.Max(1, _elements.Shape[0]) : 1;
        return _elements.Like(_elements.Shape.Size * (perImage ? 1 : Loss.PartsOf(_elements.Graph)) / images);
    }

    /// <summary>Sums by image of values of the elements' kind over what is not ignored, [B].</summary>
    public Var SumsKept(Var values) => PerImage(_keep is null ? values
        : SumAfter(values, _keep.Shape.Rank) * _keep);

    /// <summary>The divisor that was given.</summary>
    public Var Divisor()
    {
        var images = _elements.Shape.Rank == 0 ? 1 : _elements.Shape[0];
        var fits = _divisor is not null && (_divisor.Shape.Size == 1 || _divisor.Shape == new TensorShape(images));
        LossArgument.Expect(_loss, fits, nameof(LossInputs.Normalizer), _divisor?.ToString() ?? "missing",
            $"a scalar or [{images}]");
        return Op.Detach(_divisor!.Shape.Size == 1 ? Op.Reshape(_divisor, TensorShape.Scalar) : _divisor);
    }

    // In stages, last axis first: one full reduction in float32 loses digits on millions of elements.
    private static Var PerImage(Var values) => values.Shape.Rank == 0 ? Op.Unsqueeze(values, 0) : SumAfter(values, 1);

    private static Var SumAfter(Var values, int rank)
    {
        while (values.Shape.Rank > rank)
            values = Op.ReduceSum(values, [-1], keep: false);
        return values;
    }

    private static Var Raise(Var value, int rank) => value.Shape.Rank == rank ? value
        : Op.Reshape(value, new TensorShape([.. value.Shape, .. Enumerable.Repeat(1L, rank - value.Shape.Rank)]));

    private Var Fitting(Var value, string argument)
    {
        var (given, shape) = (value.Shape, _elements.Shape);
        LossArgument.Expect(_loss, given.Rank <= shape.Rank && given.Zip(shape).All(pair => pair.First == pair.Second),
            argument, value, $"the axes of the loss's elements {shape} from the left, all or the first of them");
        return value;
    }
}
