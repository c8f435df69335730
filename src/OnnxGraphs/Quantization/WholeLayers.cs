using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>Float layers on their way back to whole numbers.</summary>
/// <param name="model">The model in floats, which is changed.</param>
/// <param name="before">Nodes and stored tensors that <see cref="IntegerLayers.ToFloat"/> took out of it.</param>
/// <param name="scheme">How its weights were quantised.</param>
internal sealed class WholeLayers(OnnxModel model, GraphProto before, WeightScheme scheme)
{
    private readonly Dictionary<string, TensorProto> _stored = before.Initializer.ToDictionary(tensor => tensor.Name);

    /// <summary>Gives each layer that is still there the nodes that it had.</summary>
    public void Restore()
    {
        var graph = new ValueGraph(new(new() { Graph = before }, model.Path));
        var layers = before.Node.Where(IntegerLayer.IsProduct).Select(product => IntegerLayer.Of(graph, product))
            .OfType<IntegerLayer>().ToList();
        var (floats, nodes) = (model.Producers, model.Proto.Graph.Node);
        var there = layers.Where(layer => floats.GetValueOrDefault(layer.Output) is { OpType: "Conv" or "MatMul" } node
            && node.Input[1] == layer.Weight).ToList();
        foreach (var layer in there.DistinctBy(layer => layer.Weight))
            Quantize(layer);
        var restored = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var layer in there)
        {
            var node = floats[layer.Output];
            layer.Product.Attribute.Clear();
            layer.Product.Attribute.Add(node.Attribute);
            nodes.Remove(node);
            restored.UnionWith(layer.Nodes.Append(layer.Quantizer));
        }
        foreach (var moving in before.Node.Where(node => floats.GetValueOrDefault(node.Output[0])?.OpType == node.OpType
            && !restored.Contains(node)))
        {
            nodes.Remove(floats[moving.Output[0]]);
            restored.Add(moving);
        }
        nodes.Add(restored);
        var read = restored.SelectMany(ValueGraph.Reads).ToHashSet();
        var present = model.Proto.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        model.Proto.Graph.Initializer.Add(_stored.Values.Where(tensor => read.Contains(tensor.Name)
            && !present.Contains(tensor.Name)));
    }

    private void Quantize(IntegerLayer layer)
    {
        var proto = model.Initializers[layer.Weight];
        var weight = proto.ToTensor();
        var axis = layer.Axis(weight.Shape.Rank);
        var (type, scale) = (scheme.Type, _stored[layer.Scale].ToTensor());
        var zero = layer.Zero is { } name ? _stored[name].ToTensor() : null;
        var numbers = weight.Values<float>().ToArray();
        if (scale.Shape.Size > 1 && scale.Shape.Size != weight.Shape[axis] || !IsUnchanged(numbers, weight, axis, scale, zero))
            (scale, zero) = Grid(numbers, weight.Shape, axis, scale, zero);
        var bytes = Quantized(numbers, weight, axis, scale, zero);
        model.Proto.Graph.Initializer[model.Proto.Graph.Initializer.IndexOf(proto)] =
            new Tensor(type, weight.Shape, bytes).ToProto(layer.Weight);
        _stored[layer.Scale] = scale.ToProto(layer.Scale);
        if (layer.Zero is { } zeroName)
            _stored[zeroName] = zero!.ToProto(zeroName);
    }

    // On the old grid a weight that was not trained gives what it was made from.
    private bool IsUnchanged(float[] numbers, Tensor weight, int axis, Tensor scale, Tensor? zero)
    {
        var whole = new Tensor(scheme.Type, weight.Shape, Quantized(numbers, weight, axis, scale, zero));
        return QuantizedGrid.Of(whole.ToProto("weight"), axis, scale, zero).Dequantized(whole).AsSpan()
            .SequenceEqual(numbers);
    }

    private byte[] Quantized(float[] numbers, Tensor weight, int axis, Tensor scale, Tensor? zero) =>
        QuantizedGrid.Of(new Tensor(scheme.Type, weight.Shape, new byte[numbers.Length]).ToProto("weight"), axis, scale, zero)
            .Quantized(numbers);

    // One scale, or one for each channel, as the file had.
    private (Tensor Scale, Tensor? Zero) Grid(float[] numbers, TensorShape shape, int axis, Tensor scale, Tensor? zero)
    {
        var places = scale.Shape.Size == 1 ? 1 : (int)shape[axis];
        var inner = places == 1 ? numbers.Length : shape.SizeOf((axis + 1)..);
        var (least, most) = (new float[places], new float[places]);
        for (var i = 0; i < numbers.Length; i++)
        {
            var place = places == 1 ? 0 : (int)(i / inner % places);
            (least[place], most[place]) = (Math.Min(least[place], numbers[i]), Math.Max(most[place], numbers[i]));
        }
        var grids = least.Zip(most, (min, max) => scheme.For(min, max)).ToList();
        var laid = new TensorShape([.. scale.Shape.Select(dim => dim == scale.Shape.Size && dim > 1 ? places : dim)]);
        return (Tensor.Of<float>(laid, [.. grids.Select(grid => grid.Scale)]), zero is null ? null
            : new Tensor(zero.Type, zero.Shape.Size == 1 ? zero.Shape : laid, [.. grids.Select(grid => unchecked((byte)grid.Zero))]));
    }
}
