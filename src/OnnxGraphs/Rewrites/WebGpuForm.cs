using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// A graph written again such that ONNX Runtime's WebGPU provider has a kernel for every node: no Split into more parts
/// than a shader may have buffers, whole numbers of 32 bits, LogSoftmax in operators that are there. Equal up to rounding.
/// </summary>
internal sealed class WebGpuForm
{
    // Shaders of WebGPU may have ten storage buffers on some machines; the input is one.
    private const int MostParts = 8;

    private readonly Graph _graph = new();
    private readonly Dictionary<Var, Var> _made = [], _narrow = [];

    private WebGpuForm()
    {
    }

    /// <summary>The graph in that form; outputs keep their names, types and order, and so do inputs but for the
    /// types.</summary>
    /// <param name="source">A graph.</param>
    /// <param name="narrowInputs">Whether inputs of 64-bit whole numbers become such of 32 bits.</param>
    public static Graph Of(Graph source, bool narrowInputs)
    {
        var form = new WebGpuForm();
        form.Write(source, narrowInputs);
        return form._graph;
    }

    private void Write(Graph source, bool narrowInputs)
    {
        var list = new StepList(source.Outputs, _ => null, source.Inputs);
        _graph.Reserve(source.Outputs.Concat(list.Leaves).Select(value => value.Name));
        foreach (var input in source.Inputs)
            if (narrowInputs && input.Type == ElementType.Int64)
                _narrow[input] = _graph.Input(input.Name, ElementType.Int32, input.Shape);
            else
                _made[input] = _graph.Input(input.Name, input.Type, input.Shape);
        var results = source.Outputs.Select(output => list.Written(output.Node![0])).ToList();
        foreach (var step in list.Steps.Where(step => !source.Outputs.Contains(step.Outputs[0])))
            foreach (var (old, made) in step.Outputs.Zip(Write(step)))
                (made.Type == old.Type ? _made : _narrow)[old] = made;
        foreach (var (output, result) in source.Outputs.Zip(results))
            _graph.Output(output.Name, Wide(result));
    }

    private IReadOnlyList<Var> Write(Step step) => step switch
    {
        { Op: "Split" } when step.Outputs.Count > MostParts => Slices(step),
        { Op: "LogSoftmax" } => [LogSoftmax(Wide(step.Inputs[0]!), (int)step.Attributes.Int("axis", -1))],
        { Op: "Cast" } when step.Outputs[0].Type == ElementType.Int64 =>
            [Op.Cast(_narrow.GetValueOrDefault(step.Inputs[0]!) ?? Wide(step.Inputs[0]!), ElementType.Int32)],
        _ => Append(step, NarrowIntegers.Places(step).Where(place => IsWhole(step.Inputs[place])).ToList()),
    };

    private IReadOnlyList<Var> Append(Step step, List<int> places)
    {
        // Constants alone are no reason.
        var narrows = places.Any(place => step.Inputs[place]!.Known is null)
            && places.All(place => step.Inputs[place]!.Known is not { } known || NarrowIntegers.Fits(known));
        Var?[] inputs = [.. step.Inputs.Select((input, place) => input is null ? null
            : narrows && places.Contains(place) ? Narrow(input) : Wide(input))];
        return Op.Append(_graph, step.Op, inputs, step.Attributes, "", null, step.Outputs.Count).Outputs;
    }

    private IReadOnlyList<Var> Slices(Step step)
    {
        var (x, axis, from, parts) = (Wide(step.Inputs[0]!), (int)step.Attributes.Int("axis", 0), 0L, new List<Var>());
        if (axis < 0)
            axis += x.Shape.Rank;
        foreach (var part in step.Outputs)
            parts.Add(Op.Slice(x, axis, from, from += part.Shape[axis]));
        return parts;
    }

    // x - m - log(sum(exp(x - m))) with m the greatest.
    private static Var LogSoftmax(Var x, int axis)
    {
        var shifted = x - Op.ReduceMax(x, [axis]);
        return shifted - Op.Log(Op.ReduceSum(Op.Exp(shifted), [axis]));
    }

    private static bool IsWhole(Var? value) => value?.Type == ElementType.Int64;

    // A value in its own type.
    private Var Wide(Var value) => _made.TryGetValue(value, out var made) ? made
        : _made[value] = _narrow.TryGetValue(value, out var narrow) ? Op.Cast(narrow, ElementType.Int64)
            : _graph.Constant(value.Name, value.Known!);

    private Var Narrow(Var value) => _narrow.TryGetValue(value, out var narrow) ? narrow
        : _narrow[value] = value.Known is { } known ? _graph.Constant(NarrowIntegers.Of(known))
            : Op.Cast(Wide(value), ElementType.Int32);
}
