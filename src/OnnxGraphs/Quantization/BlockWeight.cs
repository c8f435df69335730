using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>A stored weight in blocks: DequantizeLinear with block_size, and a Reshape to the layer's shape where one follows.</summary>
/// <param name="Node">DequantizeLinear.</param>
/// <param name="Reshape">What alone reads it; null where nothing reshapes it.</param>
internal sealed record BlockWeight(NodeProto Node, NodeProto? Reshape)
{
    /// <summary>Name of the value that the layer reads.</summary>
    public string Value => (Reshape ?? Node).Output[0];

    /// <summary>Its nodes.</summary>
    public IEnumerable<NodeProto> Nodes => Reshape is null ? [Node] : [Node, Reshape];

    private int Axis => (int)AttributeValues.Read(Node).Int("axis", 1);

    private int Size => (int)AttributeValues.Read(Node).Int("block_size", 0);

    /// <summary>The weight of a node; null where it is none in blocks.</summary>
    public static BlockWeight? Of(ValueGraph values, NodeProto node)
    {
        if (node.OpType != "DequantizeLinear" || AttributeValues.Read(node).Int("block_size", 0) == 0
            || !node.Input.All(values.Stored.Contains))
            return null;
        return values.Readers(node.Output[0]) is [{ OpType: "Reshape" } reshape] && values.Stored.Contains(reshape.Input[1])
            ? new(node, reshape) : new(node, null);
    }

    /// <summary>s (q - z), in the layer's shape.</summary>
    public Tensor Floats(ValueGraph values)
    {
        var whole = values.Constant(Node.Input[0])!;
        return Tensor.Of<float>(Reshape is null ? whole.Shape : new(values.Constant(Reshape.Input[1])!.ToInt64()),
            Grid(whole.Type, whole.Shape, values.Constant(Node.Input[1])!, Zero(values)).Dequantized(whole));
    }

    /// <summary>The tensors that the nodes read, of a weight that may have been trained, and have other channels.</summary>
    public IEnumerable<TensorProto> Whole(ValueGraph before, Tensor weight)
    {
        var (old, scale, zero) = (before.Constant(Node.Input[0])!, before.Constant(Node.Input[1])!, Zero(before));
        var shape = Reshape is null ? weight.Shape : new TensorShape([weight.Shape[0], .. old.Shape.Skip(1)]);
        var numbers = weight.Values<float>().ToArray();
        if (shape != old.Shape || !IsUnchanged(old, scale, zero, numbers))
            (scale, zero) = Blocks(old.Type, shape, numbers, zero);
        yield return new Tensor(old.Type, shape, Grid(old.Type, shape, scale, zero).Quantized(numbers)).ToProto(Node.Input[0]);
        yield return scale.ToProto(Node.Input[1]);
        if (zero is not null)
            yield return zero.ToProto(Node.Input[2]);
        if (Reshape is not null)
            yield return Tensor.Of<long>(new(weight.Shape.Rank), [.. weight.Shape]).ToProto(Reshape.Input[1]);
    }

    private Tensor? Zero(ValueGraph values) => Node.Input.Count > 2 ? values.Constant(Node.Input[2]) : null;

    private QuantizedGrid Grid(ElementType type, TensorShape shape, Tensor scale, Tensor? zero) =>
        QuantizedGrid.OfBlocks(Node.Input[0], type, shape, Axis, Size, scale, zero);

    private bool IsUnchanged(Tensor old, Tensor scale, Tensor? zero, float[] numbers)
    {
        var grid = Grid(old.Type, old.Shape, scale, zero);
        return grid.Dequantized(new(old.Type, old.Shape, grid.Quantized(numbers))).AsSpan().SequenceEqual(numbers);
    }

    private (Tensor Scale, Tensor? Zero) Blocks(ElementType type, TensorShape shape, float[] numbers, Tensor? zero)
    {
        var blocks = GridPlaces.InBlocks(shape, Axis, Size);
        var (least, most) = (new float[blocks.Shape.Size], new float[blocks.Shape.Size]);
        for (var i = 0; i < numbers.Length; i++)
        {
            var block = blocks.Of(i);
            (least[block], most[block]) = (Math.Min(least[block], numbers[i]), Math.Max(most[block], numbers[i]));
        }
        var scheme = new WeightScheme(type, zero is null, false);
        var grids = least.Zip(most, (min, max) => scheme.For(min, max)).ToList();
        return (Tensor.Of<float>(blocks.Shape, [.. grids.Select(grid => grid.Scale)]),
            zero is null ? null : new(type, blocks.Shape, QuantizedGrid.Bytes(type, [.. grids.Select(grid => (long)grid.Zero)])));
    }
}
