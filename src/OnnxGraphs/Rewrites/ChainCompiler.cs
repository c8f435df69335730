using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Elementwise steps as one kernel.</summary>
internal sealed class ChainCompiler
{
    private readonly TileAssembler _code = new();
    private readonly long _size;
    private readonly List<Var> _inputs = [];
    private readonly List<Var> _outputs;
    private readonly Dictionary<Var, int> _values = [];
    private readonly Dictionary<(Var, TensorShape), int> _loaded = [];

    private ChainCompiler(long size, IReadOnlyList<Var> outputs) => (_size, _outputs) = (size, [.. outputs]);

    /// <summary>The kernel, and what it reads. It writes the outputs in their order.</summary>
    /// <param name="steps">In an order of computation.</param>
    /// <param name="outputs">What is used elsewhere; not the outcome of a mere change of shape.</param>
    /// <param name="size">Elements of the steps.</param>
    /// <param name="row">Elements that reductions add up; 1 without reductions.</param>
    /// <param name="loops">Compiles the loop.</param>
    public static (Kernel Kernel, IReadOnlyList<Var> Inputs) Compile(IReadOnlyList<Step> steps,
        IReadOnlyList<Var> outputs, long size, long row, LoopCompiler loops)
    {
        var compiler = new ChainCompiler(size, outputs);
        var program = compiler.Program(steps, row, loops, isChained: false);
        return (new ElementwiseKernel(program, Types(compiler._inputs), Types(outputs)), compiler._inputs);
    }

    /// <summary>The same behind a kernel, whose output the steps read.</summary>
    public static (Kernel Kernel, IReadOnlyList<Var> Inputs) Compile(Step first, PieceKernel kernel,
        IReadOnlyList<Step> steps, IReadOnlyList<Var> outputs, long row, LoopCompiler loops)
    {
        var compiler = new ChainCompiler(first.Outputs[0].Shape.Size, outputs);
        compiler._inputs.AddRange(first.Inputs.OfType<Var>());
        var written = compiler._outputs.IndexOf(first.Outputs[0]) is >= 0 and var place
            ? new Operand(Place.Output, place) : compiler._code.NextSlot();
        compiler._values[first.Outputs[0]] = compiler._code.Load(written);
        var program = compiler.Program(steps, row, loops, isChained: true);
        return (new ChainedKernel(kernel, program, Types(compiler._inputs), Types(outputs), written), compiler._inputs);
    }

    private TileProgram Program(IReadOnlyList<Step> steps, long row, LoopCompiler loops, bool isChained)
    {
        foreach (var step in steps)
            Add(step, row);
        return _code.Assemble(_size, row, loops, mayFetch: !isChained);
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
            _code.Reduce(Operand(step, 0), x => new(kind, factor, x, place, row));
            return;
        }
        if (step.Op == "ScatterElements")
        {
            _code.StoreAndChange(Operand(step, 0), place,
                new AddInRows(Input(step.Inputs[1]!), Input(step.Inputs[2]!), row, place));
            return;
        }
        var value = _values[output] = Value(step);
        if (place < 0)
            return;
        // Truth values leave as bytes; inside they are numbers.
        if (output.Type == ElementType.Bool)
            _code.Behind(value, x => new StoreMask(x, place));
        else
            _code.Store(value, place);
    }

    private int Value(Step step) => step.Op switch
    {
        "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "Identity" or "Cast" or "Expand" => Operand(step, 0),
        "GatherElements" => _code.Load(slot => new LoadFromRows(Input(step.Inputs[0]!), Input(step.Inputs[1]!),
            step.Inputs[0]!.Shape[-1], slot)),
        "Sum" => Folded("Add", step),
        "Max" or "Min" => Folded(step.Op, step),
        "Clip" => Clip(step),
        "Pow" => LoopFormulas.Power(_code, Operand(step, 0), ElementwiseStep.Exponent(step)!.Value),
        "HardSigmoid" => _code.Do(step.Op, Operand(step, 0), alpha: step.Attributes.Float("alpha", 0.2f),
            beta: step.Attributes.Float("beta", 0.5f)),
        "LeakyRelu" => _code.Do(step.Op, Operand(step, 0), alpha: step.Attributes.Float("alpha", 0.01f)),
        "Sigmoid" => LoopFormulas.Sigmoid(_code, Operand(step, 0)),
        "Softplus" => LoopFormulas.Softplus(_code, Operand(step, 0)),
        _ => _code.Do(step.Op, Operand(step, 0), step.Inputs.Count > 1 ? Operand(step, 1) : -1,
            step.Inputs.Count > 2 ? Operand(step, 2) : -1),
    };

    private int Folded(string op, Step step) =>
        Enumerable.Range(0, step.Inputs.Count).Select(i => Operand(step, i)).Aggregate((a, b) => _code.Do(op, a, b));

    private int Clip(Step step)
    {
        var x = Operand(step, 0);
        if (step.Inputs.ElementAtOrDefault(1) is not null)
            x = _code.Do("Max", x, Operand(step, 1));
        return step.Inputs.ElementAtOrDefault(2) is null ? x : _code.Do("Min", x, Operand(step, 2));
    }

    private int Operand(Step step, int input)
    {
        var given = step.Inputs[input]!;
        var shape = ElementwiseStep.Reduction(step) is null ? step.Outputs[0].Shape : given.Shape;
        if (_values.TryGetValue(given, out var value))
            return value;
        if (given is { Shape.Size: 1, Type: ElementType.Float32 } && given.TryConstant() is { } constant)
            return _values[given] = _code.Number(constant.Values<float>()[0]);
        var whole = given.Shape.Size == _size;
        var key = (given, whole || given.Shape.Size == 1 ? given.Shape : shape);
        if (!_loaded.TryGetValue(key, out value))
            _loaded[key] = value = Loaded(given, shape, whole);
        return value;
    }

    private int Loaded(Var given, TensorShape shape, bool whole)
    {
        var (index, isMask) = (Input(given), given.Type == ElementType.Bool);
        if (!isMask && (whole || given.Shape.Size == 1))
            return _code.Load(new Operand(whole ? Place.Input : Place.Scalar, index));
        return whole ? _code.Load(slot => new LoadMask(index, slot))
            : _code.Load(slot => new LoadRepeated(index, isMask, given.Shape, shape, slot));
    }

    private int Input(Var given)
    {
        if (!_inputs.Contains(given))
            _inputs.Add(given);
        return _inputs.IndexOf(given);
    }
}
