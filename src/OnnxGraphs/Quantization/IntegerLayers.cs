using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>The layers of whole numbers of a model, on their way to floats.</summary>
internal sealed class IntegerLayers
{
    // What moves whole numbers moves floats as well.
    private static readonly HashSet<string> Moving =
        ["Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Gather", "Identity"];

    private readonly OnnxModel _model;
    private readonly ValueGraph _graph;
    private readonly List<IntegerLayer> _layers;
    private readonly HashSet<NodeProto> _nodes;
    private readonly HashSet<NodeProto> _moving = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds them.</summary>
    /// <param name="model">The model, which <see cref="ToFloat"/> changes.</param>
    public IntegerLayers(OnnxModel model)
    {
        (_model, _graph) = (model, new(model));
        _layers = [.. model.Proto.Graph.Node.Where(IntegerLayer.IsProduct)
            .Select(product => IntegerLayer.Of(_graph, product)).OfType<IntegerLayer>().Where(HasStoredWeight)];
        // A quantizer whose numbers go elsewhere too cannot be left out.
        for (var count = -1; count != _layers.Count;)
        {
            count = _layers.Count;
            var products = _layers.Select(layer => layer.Product).ToHashSet<NodeProto>(ReferenceEqualityComparer.Instance);
            _layers.RemoveAll(layer => !FlowsInto(layer.Quantizer.Output[0], products)
                || _graph.Readers(layer.Weight).Any(node => !products.Contains(node)));
        }
        foreach (var layer in _layers)
            Move(layer.Quantizer.Output[0]);
        _nodes = new(_layers.SelectMany(layer => layer.Nodes.Append(layer.Quantizer)), ReferenceEqualityComparer.Instance);
    }

    /// <summary>How the weights were quantised.</summary>
    public WeightScheme Scheme => WeightScheme.Of([.. _layers.DistinctBy(layer => layer.Weight).Select(layer =>
        (_graph.Constant(layer.Weight)!, layer.Zero is { } zero ? _graph.Constant(zero) : null))]);

    /// <summary>Whether a node belongs to one of the layers.</summary>
    public bool Has(NodeProto node) => _nodes.Contains(node);

    /// <summary>Turns them into floats; returns the nodes and stored tensors that are not in the model any more.</summary>
    public GraphProto ToFloat()
    {
        var (before, graph) = (new GraphProto(), _model.Proto.Graph);
        before.Node.Add(graph.Node.Where(node => _nodes.Contains(node) || _moving.Contains(node))
            .Select(node => node.Clone()));
        foreach (var layer in _layers.DistinctBy(layer => layer.Weight))
            Dequantize(layer);
        var sources = _layers.Select(layer => layer.Quantizer).DistinctBy(node => node.Output[0])
            .ToDictionary(node => node.Output[0], node => node.Input[0]);
        var floats = new Dictionary<NodeProto, NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var layer in _layers)
            floats[layer.Nodes[^1]] = Float(layer);
        List<NodeProto> nodes = [.. graph.Node.Where(node => !_nodes.Contains(node) || floats.ContainsKey(node))
            .Select(node => floats.GetValueOrDefault(node, node))];
        foreach (var node in nodes)
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = sources.GetValueOrDefault(node.Input[i], node.Input[i]);
        graph.Node.Clear();
        graph.Node.Add(nodes);
        graph.ValueInfo.Clear();
        Forget(before);
        return before;
    }

    private bool HasStoredWeight(IntegerLayer layer) => _graph.Stored.Contains(layer.Weight)
        && (layer.Zero is null || _graph.Stored.Contains(layer.Zero))
        && (layer.Bias is null || _graph.Stored.Contains(layer.Bias));

    private bool FlowsInto(string value, HashSet<NodeProto> products) => _graph.Readers(value).All(node =>
        products.Contains(node) || Moving.Contains(node.OpType) && FlowsInto(node.Output[0], products));

    private void Move(string value)
    {
        foreach (var node in _graph.Readers(value).Where(node => Moving.Contains(node.OpType)))
            if (_moving.Add(node))
                Move(node.Output[0]);
    }

    // w = s (q - z).
    private void Dequantize(IntegerLayer layer)
    {
        var proto = _graph.Model.Initializers[layer.Weight];
        var tensor = proto.ToTensor();
        var grid = QuantizedGrid.Of(proto, layer.Axis(tensor.Shape.Rank), _graph.Constant(layer.Scale)!,
            layer.Zero is { } zero ? _graph.Constant(zero) : null);
        _model.Proto.Graph.Initializer[_model.Proto.Graph.Initializer.IndexOf(proto)] =
            Tensor.Of<float>(tensor.Shape, grid.Dequantized(tensor)).ToProto(layer.Weight);
    }

    private static NodeProto Float(IntegerLayer layer)
    {
        var node = new NodeProto { Name = layer.Product.Name, OpType = layer.IsConvolution ? "Conv" : "MatMul" };
        node.Input.Add([layer.Product.Input[0], layer.Weight, .. layer.Bias is { } bias ? [bias] : Array.Empty<string>()]);
        node.Output.Add(layer.Output);
        node.Attribute.Add(layer.Product.Attribute);
        return node;
    }

    // Stored tensors that only those nodes read go with them.
    private void Forget(GraphProto before)
    {
        var graph = _model.Proto.Graph;
        var read = graph.Node.SelectMany(ValueGraph.Reads).Concat(graph.Output.Select(output => output.Name)).ToHashSet();
        var gone = before.Node.SelectMany(ValueGraph.Reads).Where(name => !read.Contains(name)).ToHashSet();
        foreach (var tensor in graph.Initializer.Where(tensor => gone.Contains(tensor.Name)).ToList())
        {
            before.Initializer.Add(tensor);
            graph.Initializer.Remove(tensor);
        }
        foreach (var input in graph.Input.Where(input => gone.Contains(input.Name)).ToList())
            graph.Input.Remove(input);
    }
}
