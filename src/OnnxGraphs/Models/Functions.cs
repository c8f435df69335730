using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>Functions that a file brings along: each call is replaced by the function's nodes.</summary>
internal sealed class Functions
{
    // A function may call others, each of them twice, and so on: sizes double with each level.
    private const int MostNodes = 200_000;
    private const int DeepestCall = 32;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions;
    private readonly OnnxModel _model;
    private int _calls;
    private int _nodes;

    private Functions(OnnxModel model)
    {
        _model = model;
        _functions = model.Proto.Functions.GroupBy(f => (Standard(f.Domain), f.Name, f.Overload))
            .ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>Replaces all calls in the model itself.</summary>
    /// <exception cref="ModelException">A function calls itself, is of another opset, or grows too large.</exception>
    public static void Inline(OnnxModel model)
    {
        if (model.Proto.Functions.Count == 0)
            return;
        new Functions(model).Inline(model.Proto.Graph, 0);
        model.Proto.Functions.Clear();
    }

    private void Inline(GraphProto graph, int depth)
    {
        var nodes = graph.Node.SelectMany(node => Replaced(node, depth)).ToList();
        graph.Node.Clear();
        graph.Node.Add(nodes);
    }

    private IEnumerable<NodeProto> Replaced(NodeProto node, int depth)
    {
        if (!_functions.TryGetValue((Standard(node.Domain), node.OpType, node.Overload), out var function))
        {
            if (++_nodes > MostNodes)
                throw new ModelException($"{_model.Path}: its functions grow to more than {MostNodes} nodes; export "
                    + "the model without functions.");
            foreach (var attribute in node.Attribute.Where(attribute => attribute.G is not null))
                Inline(attribute.G, depth);
            return [node];
        }
        if (depth == DeepestCall)
            throw new ModelException($"{_model.Path}: function '{function.Name}' is called {DeepestCall} levels deep, "
                + "perhaps by itself; export the model without functions.");
        CheckOpset(function);
        var call = new FunctionCall(function, node, _calls++);
        return call.Nodes.SelectMany(inner => Replaced(inner, depth + 1)).ToList();
    }

    private void CheckOpset(FunctionProto function)
    {
        var opset = function.OpsetImport.FirstOrDefault(set => Standard(set.Domain).Length == 0)?.Version;
        if (opset is { } version && version != _model.Opset)
            throw new ModelException($"{_model.Path}: function '{function.Name}' is of opset {version}, the model of "
                + $"{_model.Opset}; export both with one opset.");
    }

    private static string Standard(string domain) => domain == "ai.onnx" ? "" : domain;
}
