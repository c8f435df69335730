using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Precision;

/// <summary>
/// A step's graph, forward pass and gradients alike, written again with its heavy part in a 16-bit type. Each value of
/// the batch is computed in one type, by <see cref="PrecisionLists"/>, and cast to the other at most once. Values of
/// the weights alone are made when they are read, in the type in which they are read: where that only moves numbers,
/// from the whole weight vector, cast once.
/// </summary>
internal sealed class MixedPrecision
{
    private readonly Graph _graph = new();
    private readonly ElementType _narrow;
    private readonly Dictionary<(Var Value, ElementType Type), Var> _made = [];
    private readonly Dictionary<Var, Step> _steps = [];
    private readonly HashSet<Var> _ofBatch = [], _isNarrow = [];

    private MixedPrecision(ElementType narrow) => _narrow = narrow;

    /// <summary>The graph in mixed precision: inputs and outputs keep their names, types and order.</summary>
    /// <param name="source">A graph in float32.</param>
    /// <param name="narrow">The 16-bit type.</param>
    /// <param name="weights">Inputs that are no data of the batch.</param>
    /// <param name="wide">Values that are read in float32: where losses and the optimiser begin.</param>
    public static Graph Of(Graph source, ElementType narrow, IReadOnlyList<Var> weights, IEnumerable<Var> wide)
    {
        var rewrite = new MixedPrecision(narrow);
        rewrite.Write(source, weights, wide.Concat(WeightGradients(source)));
        return rewrite._graph;
    }

    // They are summed over the batch, and perhaps multiplied by a scale, before they are the gradient of a weight.
    private static IEnumerable<Var> WeightGradients(Graph source) => source.Nodes
        .Where(node => node.Op == "WithKernel" && node.Attributes.Text("kernel", "") == Op.ConvWeightGradient)
        .Select(node => node[0]);

    private void Write(Graph source, IReadOnlyList<Var> weights, IEnumerable<Var> readWide)
    {
        var list = new StepList(source.Outputs, _ => null, source.Inputs);
        var wide = readWide.Select(list.Written).ToHashSet();
        _graph.Reserve(source.Outputs.Concat(list.Leaves).Select(value => value.Name));
        foreach (var input in source.Inputs)
            _made[(input, input.Type)] = _graph.Input(input.Name, input.Type, input.Shape);
        _ofBatch.UnionWith(source.Inputs.Except(weights));
        var results = source.Outputs.Select(output => list.Written(output.Node![0])).ToList();
        foreach (var step in list.Steps.Where(step => !source.Outputs.Contains(step.Outputs[0])))
            Write(step, wide);
        foreach (var (output, result) in source.Outputs.Zip(results))
            _graph.Output(output.Name, In(result, output.Type));
    }

    private void Write(Step step, HashSet<Var> wide)
    {
        foreach (var output in step.Outputs)
            _steps[output] = step;
        if (!step.Inputs.Any(input => input is not null && _ofBatch.Contains(input)))
            return;
        _ofBatch.UnionWith(step.Outputs);
        if (IsFreelyTyped(step))
            return;
        var narrow = PrecisionLists.IsHeavy(step.Op, _narrow) || Follows(step);
        Build(step, narrow ? _narrow : ElementType.Float32);
        if (narrow)
            _isNarrow.UnionWith(step.Outputs.Where(output => !wide.Contains(output)));
    }

    private bool Follows(Step step) => PrecisionLists.Follows(step.Op, _narrow) && NarrowForms.Has(step, _narrow)
        && step.Inputs.OfType<Var>().Where(IsDecided).ToList() is { Count: > 0 } read && read.All(_isNarrow.Contains);

    // Truths and whole numbers become floats of any type at one cost.
    private static bool IsFreelyTyped(Step step) => step.Op == "Cast" && !step.Inputs[0]!.Type.IsFloat();

    private bool IsDecided(Var value) => value.Type == ElementType.Float32 && _ofBatch.Contains(value)
        && !(_steps.TryGetValue(value, out var step) && IsFreelyTyped(step));

    // A value in a type; other types than float32 stay as they are.
    private Var In(Var value, ElementType wanted)
    {
        var type = value.Type == ElementType.Float32 ? wanted : value.Type;
        if (!_made.ContainsKey((value, type)))
            _made[(value, type)] = !_steps.TryGetValue(value, out var step) ? Leaf(value, type)
                : !IsDecided(value) && IsMadeIn(type, step) ? Build(step, type)[step.Outputs.ToList().IndexOf(value)]
                : Op.Cast(In(value, type == _narrow ? ElementType.Float32 : _narrow), type);
        return _made[(value, type)];
    }

    // Whether a step of the weights alone is computed in the type, not in the other one and cast.
    private bool IsMadeIn(ElementType type, Step step) =>
        type != _narrow ? type != ElementType.Float32 || !PrecisionLists.IsHeavy(step.Op, _narrow)
        : IsFreelyTyped(step) || step.Op == "ConstantOfShape" || PrecisionLists.IsHeavy(step.Op, _narrow)
            || (PrecisionLists.OnlyMoves(step.Op) && NarrowForms.Has(step, type));

    private Var Leaf(Var value, ElementType type) =>
        value.Known is not { } tensor ? Op.Cast(In(value, value.Type), type)
        : tensor.Type == type ? _graph.Constant(value.Name, tensor)
        : _graph.Constant(FloatTensors.FromFloat32(tensor.Shape, tensor.Values<float>(), type));

    private IReadOnlyList<Var> Build(Step step, ElementType type)
    {
        // The scales of Resize are float32 always.
        Var?[] inputs = [.. step.Inputs.Select((input, i) => input is null ? null
            : In(input, type == _narrow && !(step.Op == "Resize" && i > 0) ? type : ElementType.Float32))];
        var outputs = (type == _narrow ? NarrowForms.Of(step, inputs, type) : null)
            ?? Op.Append(_graph, step.Op, inputs, step.Attributes, "", null, step.Outputs.Count).Outputs;
        foreach (var (old, made) in step.Outputs.Zip(outputs))
            _made[(old, made.Type)] = made;
        return outputs;
    }
}
