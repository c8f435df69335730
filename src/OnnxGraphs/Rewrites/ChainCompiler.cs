using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Elementwise steps as one kernel.</summary>
internal sealed class ChainCompiler
{
    private readonly TileAssembler _code = new();
    private readonly TileOperations _operations;
    private readonly long _size;
    private readonly List<Var> _inputs = [];
    private readonly List<Var> _outputs;
    private readonly Dictionary<Var, TileValue> _values = [];
    private readonly Dictionary<(Var, TensorShape), TileValue> _loaded = [];
    private readonly Dictionary<TileValue, TileValue> _filled = [];

    private ChainCompiler(TileOperations operations, long size, IReadOnlyList<Var> outputs) =>
        (_operations, _size, _outputs) = (operations, size, [.. outputs]);

    /// <summary>The kernel, and what it reads. It writes the outputs in their order.</summary>
    /// <param name="steps">In an order of computation.</param>
    /// <param name="outputs">What is used elsewhere; not the outcome of a mere change of shape.</param>
    /// <param name="size">Elements of the steps.</param>
    /// <param name="row">Elements that reductions add up; 1 without reductions.</param>
    /// <param name="operations">The operations.</param>
    public static (ElementwiseKernel Kernel, IReadOnlyList<Var> Inputs) Compile(IReadOnlyList<Step> steps,
        IReadOnlyList<Var> outputs, long size, long row, TileOperations operations)
    {
        var compiler = new ChainCompiler(operations, size, outputs);
        foreach (var step in steps)
            compiler.Add(step, row);
        var program = compiler._code.Assemble(size, row);
        return (new(program, Types(compiler._inputs), Types(outputs)), compiler._inputs);
    }

    private static List<TypedShape> Types(IEnumerable<Var> values) =>
        [.. values.Select(value => new TypedShape(value.Type, value.Shape))];

    private void Add(Step step, long row)
    {
        var output = step.Outputs[0];
        var place = _outputs.IndexOf(output);
        if (ElementwiseStep.Reduction(step) is { } kind)
        {
            var factor = step.Op == "ReduceMean" ? 1f / row : 1f;
            _code.Reduce(Full(step, 0), x => new(kind, factor, x, place, row));
            return;
        }
        // Truth values leave as bytes; inside they are numbers.
        var isMask = output.Type == ElementType.Bool;
        var value = Value(step, place < 0 || isMask ? null : new Operand(Place.Output, place));
        _values[output] = value;
        if (place >= 0 && isMask)
            _code.Store(value, x => new StoreMask(x, place));
    }

    private TileValue Value(Step step, Operand? place)
    {
        TileValue Do(string op, TileValue a, TileValue? b = null, TileValue? c = null, bool last = true) =>
            _code.Add(_operations.Find(op, step.Attributes)!, a, b, c, last ? place : null);
        switch (step.Op)
        {
            case "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "Identity":
                return Full(step, 0);
            case "Cast" or "Expand":
                return place is null ? Full(step, 0) : Do("Copy", Full(step, 0));
            case "Add" or "Mul" or "Sub" or "Div":
                return Binary(step.Op, Operand(step, 0), Operand(step, 1), place);
            case "Sum" or "Max" or "Min":
                var op = step.Op == "Sum" ? "Add" : step.Op;
                var total = Operand(step, 0);
                for (var i = 1; i < step.Inputs.Count; i++)
                    total = Binary(op, total, Operand(step, i), i == step.Inputs.Count - 1 ? place : null);
                return step.Inputs.Count == 1 ? Do("Copy", Full(step, 0)) : total;
            case "Clip":
                return Clip(step, place);
            case "Pow":
                return Power(ElementwiseStep.Exponent(step)!.Value, Full(step, 0), Do);
            case "Softplus":
                return Softplus(Full(step, 0), Do);
            default:
                return Do(step.Op, Full(step, 0), step.Inputs.Count > 1 ? Full(step, 1) : null,
                    step.Inputs.Count > 2 ? Full(step, 2) : null);
        }
    }

    private delegate TileValue Do(string op, TileValue a, TileValue? b = null, TileValue? c = null, bool last = true);

    private TileValue Binary(string op, TileValue a, TileValue b, Operand? place)
    {
        if (a.IsScalar && b.IsScalar)
            a = Filled(a);
        if (a.IsScalar && op is not ("Sub" or "Div"))
            (a, b) = (b, a);
        var form = a.IsScalar ? "Scalar" + op : b.IsScalar ? op + "Scalar" : op;
        return _code.Add(_operations.Find(form, Attributes.None)!, a, b, null, place);
    }

    private TileValue Clip(Step step, Operand? place)
    {
        var (low, high) = (Limit(step, 1), Limit(step, 2));
        var x = Full(step, 0);
        if (low is not null)
            x = Binary("Max", x, low, high is null ? place : null);
        return high is not null ? Binary("Min", x, high, place)
            : low is not null ? x : _code.Add(_operations.Find("Copy", Attributes.None)!, x, place: place);
    }

    private TileValue? Limit(Step step, int i) => i < step.Inputs.Count && step.Inputs[i] is not null
        ? Operand(step, i) : null;

    private static TileValue Power(float exponent, TileValue x, Do apply) => exponent switch
    {
        0.5f => apply("Sqrt", x),
        1.5f => apply("Mul", x, apply("Sqrt", x, last: false)),
        2 => apply("Square", x),
        3 => apply("Mul", x, apply("Square", x, last: false)),
        4 => apply("Square", apply("Square", x, last: false)),
        _ => apply("Copy", x),
    };

    // log(1 + e^x) = max(x, 0) + log u + (e - (u - 1)) / u with e = e^-|x|, u = 1 + e: the last term gives back the
    // digits of a small e that the sum u drops.
    private TileValue Softplus(TileValue x, Do apply)
    {
        var one = _code.Constant(1);
        var e = apply("Exp", apply("Neg", apply("Abs", x, last: false), last: false), last: false);
        var u = apply("AddScalar", e, one, last: false);
        var dropped = apply("Sub", e, apply("SubScalar", u, one, last: false), last: false);
        var tail = apply("Add", apply("Log", u, last: false), apply("Div", dropped, u, last: false), last: false);
        return apply("Add", apply("Relu", x, last: false), tail);
    }

    // An operand with a number for each element.
    private TileValue Full(Step step, int input)
    {
        var value = Operand(step, input);
        return value.IsScalar ? Filled(value) : value;
    }

    private TileValue Filled(TileValue value)
    {
        if (!_filled.TryGetValue(value, out var full))
            _filled[value] = full = _code.Add(_operations.Find("Fill", Attributes.None)!, value);
        return full;
    }

    private TileValue Operand(Step step, int input)
    {
        var given = step.Inputs[input]!;
        var shape = ElementwiseStep.Reduction(step) is null ? step.Outputs[0].Shape : given.Shape;
        if (_values.TryGetValue(given, out var value))
            return value;
        if (given is { Shape.Size: 1, Type: ElementType.Float32 } && given.TryConstant() is { } constant)
            return _values[given] = _code.Constant(constant.Values<float>()[0]);
        var whole = given.Shape.Size == _size;
        var key = (given, whole || given.Shape.Size == 1 ? given.Shape : shape);
        if (!_loaded.TryGetValue(key, out value))
            _loaded[key] = value = Loaded(given, shape, whole);
        return value;
    }

    private TileValue Loaded(Var given, TensorShape shape, bool whole)
    {
        if (!_inputs.Contains(given))
            _inputs.Add(given);
        var (index, isMask) = (_inputs.IndexOf(given), given.Type == ElementType.Bool);
        if (!isMask && (whole || given.Shape.Size == 1))
            return new(new(whole ? Place.Input : Place.Scalar, index));
        return whole ? _code.Add(y => new LoadMask(index, y.Place!.Value), null)
            : _code.Add(y => new LoadRepeated(index, isMask, given.Shape, shape, y.Place!.Value), null);
    }
}
