using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>Branches and loops whose course does not depend on the model's inputs: the nodes that they run.</summary>
internal static class ControlFlow
{
    /// <summary>The outputs of the branch taken.</summary>
    public static IReadOnlyList<Var> If(NodeReader reader, NodeProto node, IReadOnlyList<Var?> inputs)
    {
        var branch = Truth(node, inputs.ElementAtOrDefault(0), "condition") ? "then_branch" : "else_branch";
        return reader.Run(Body(node, branch), []);
    }

    /// <summary>The outputs of a loop, its turns one after the other.</summary>
    public static IReadOnlyList<Var> Loop(NodeReader reader, NodeProto node, IReadOnlyList<Var?> inputs)
    {
        var body = Body(node, "body");
        var limit = inputs.ElementAtOrDefault(0) is { } count ? Known(node, count, "number of turns").ToInt64()[0]
            : long.MaxValue;
        var goesOn = inputs.ElementAtOrDefault(1) is not { } first || Truth(node, first, "condition");
        var condition = reader.Graph.Constant(Tensor.Scalar(ElementType.Bool, 1));
        var state = inputs.Skip(2).Select(value => value ?? throw Missing(node, "initial value")).ToArray();
        var scans = new List<IReadOnlyList<Var>>();
        for (var turn = 0L; turn < limit && goesOn; turn++)
        {
            var number = reader.Graph.Constant(Tensor.Scalar(ElementType.Int64, turn));
            var outputs = reader.Run(body, [number, condition, .. state]);
            if (outputs.Count <= state.Length)
                throw Missing(node, "result of its body");
            goesOn = Truth(node, outputs[0], "condition");
            state = [.. outputs.Skip(1).Take(state.Length)];
            scans.Add([.. outputs.Skip(1 + state.Length).Select(value => Op.Unsqueeze(value, 0))]);
        }
        return [.. state, .. Stacked(node, body.Output.Count - 1 - state.Length, scans)];
    }

    // What each turn adds to the loop's further outputs.
    private static IEnumerable<Var> Stacked(NodeProto node, int count, List<IReadOnlyList<Var>> scans) =>
        count > 0 && scans.Count == 0
            ? throw new GraphException($"Loop '{node.Name}' collects results of no turn; cut the model before it.")
            : Enumerable.Range(0, Math.Max(0, count)).Select(i => Op.Concat([.. scans.Select(turn => turn[i])], 0));

    private static GraphProto Body(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G ?? throw Missing(node, name);

    private static bool Truth(NodeProto node, Var? value, string what) =>
        Known(node, value, what) is { Type: ElementType.Bool, Data: [var truth, ..] } ? truth != 0
            : throw new GraphException($"{node.OpType} '{node.Name}': its {what} is {value}, expected one Bool.");

    private static Tensor Known(NodeProto node, Var? value, string what) =>
        (value ?? throw Missing(node, what)).TryConstant() is { Shape.Size: > 0 } known ? known
            : throw new GraphException($"{node.OpType} '{node.Name}': its {what} '{value!.Name}' depends on the model's "
                + "inputs, and a training step has one course only. Export the model with fixed shapes and without "
                + "branches on data, or cut it before this node.");

    private static GraphException Missing(NodeProto node, string what) =>
        new($"{node.OpType} '{node.Name}' lacks its {what}; the file is damaged, export it again.");
}
