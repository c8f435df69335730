using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>The same elements in another shape of equal size.</summary>
    public static Var Reshape(Var x, TensorShape shape) =>
        x.Shape == shape ? x : Apply("Reshape", [x, x.Graph.Constant(shape.ToArray())],
            shape.Contains(0) ? new() { { "allowzero", 1 } } : Attributes.None);

    /// <summary>The same elements in another shape; one dimension may be -1: what is left.</summary>
    public static Var Reshape(Var x, params ReadOnlySpan<long> dims) =>
        Reshape(x, new TensorShape(Resolved(dims, x.Shape.Size)));

    /// <summary>New axes of size 1 at the given places of the result.</summary>
    public static Var Unsqueeze(Var x, params long[] axes) => Apply("Unsqueeze", [x, x.Graph.Constant(axes)]);

    /// <summary>x without the given axes of size 1.</summary>
    public static Var Squeeze(Var x, params long[] axes) => Apply("Squeeze", [x, x.Graph.Constant(axes)]);

    /// <summary>A constant of one value.</summary>
    public static Var Filled(Graph graph, TensorShape shape, float value) => shape.Size <= 1024
        ? graph.Constant(Tensor.Filled(shape, value))
        : Apply("ConstantOfShape", [graph.Constant(shape.ToArray())], new() { { "value", Tensor.Vector(value) } });

    /// <summary>The same value under another name.</summary>
    public static Var Identity(Var x, string name) =>
        Append(x.Graph, "Identity", [x], Attributes.None, "", [name], 1).Outputs[0];

    private const string OfShapes = "it depends on shapes only";

    private static OperatorTable Shapes() => new()
    {
        ["Reshape"]   = new(x => [new(x[0].Type, ReshapeShape(x))], (dy, x, y) => [Reshape(dy, x[0].Shape)]),
        ["Flatten"]   = new(x => [new(x[0].Type, FlattenShape(x))], (dy, x, y) => [Reshape(dy, x[0].Shape)]),
        ["Squeeze"]   = new(x => [new(x[0].Type, SqueezeShape(x))], (dy, x, y) => [Reshape(dy, x[0].Shape)]),
        ["Unsqueeze"] = new(x => [new(x[0].Type, UnsqueezeShape(x))], (dy, x, y) => [Reshape(dy, x[0].Shape)]),
        ["Shape"]     = Operator.Flat(x => [new(ElementType.Int64, new(x.ShapeSlice().Length))], OfShapes),
        ["Size"]      = Operator.Flat(_ => [new(ElementType.Int64, TensorShape.Scalar)], OfShapes),
        ["ConstantOfShape"] = Operator.Flat(x => [new(x.Attributes.Tensor("value")?.Type ?? ElementType.Float32,
                            new(x.Constant(0).ToInt64()))], OfShapes),
        ["Range"]     = Operator.Flat(RangeShape, OfShapes),
        ["EyeLike"]   = Operator.Flat(x => [new((ElementType)x.Attributes.Int("dtype", (long)x[0].Type), x[0].Shape)],
                            OfShapes),
        ["NonZero"]   = Operator.Flat(x => [new(ElementType.Int64, new(x[0].Shape.Rank, NonZeros(x.Constant(0))))],
                            "its shape depends on values: read where those are constant"),
    };

    private static TensorShape ReshapeShape(Node x)
    {
        var (from, dims) = (x[0].Shape, x.Constant(1).ToInt64());
        if (!x.Attributes.Flag("allowzero"))
            for (var i = 0; i < dims.Length; i++)
                dims[i] = dims[i] != 0 ? dims[i] : i < from.Rank ? from[i]
                    : throw new GraphException($"{x}: dimension {i} is to be copied from {from}, which has none.");
        dims = Resolved(dims, from.Size);
        return Product(dims) == from.Size && dims.All(dim => dim >= 0) ? new(dims)
            : throw new GraphException($"{x}: {from} of {from.Size} elements cannot become "
                + $"[{string.Join(", ", dims)}].");
    }

    // The dimensions with what is left of the size in place of -1.
    private static long[] Resolved(ReadOnlySpan<long> dims, long size)
    {
        var resolved = dims.ToArray();
        var known = -Product(resolved);
        if (Array.IndexOf(resolved, -1) is var open and >= 0)
            resolved[open] = known == 0 ? 0 : size / known;
        return resolved;
    }

    private static long Product(IEnumerable<long> dims) => dims.Aggregate(1L, (a, b) => a * b);

    private static TensorShape FlattenShape(Node x)
    {
        var (axis, dims) = ((int)x.Attributes.Int("axis", 1), x[0].Shape.ToArray());
        axis = axis < 0 ? axis + dims.Length : axis;
        return axis >= 0 && axis <= dims.Length ? new(Product(dims[..axis]), Product(dims[axis..]))
            : throw new GraphException($"{x}: axis {axis} is outside a shape of rank {dims.Length}.");
    }

    private static TensorShape SqueezeShape(Node x)
    {
        var shape = x[0].Shape;
        if (x.Optional(1) is null)
            return new([.. shape.Where(dim => dim != 1)]);
        var axes = x.Constant(1).ToInt64().Select(axis => shape.Axis(axis)).ToHashSet();
        return axes.All(axis => shape[axis] == 1) ? new([.. shape.Where((_, i) => !axes.Contains(i))])
            : throw new GraphException($"{x}: an axis to remove from {shape} is not 1.");
    }

    private static TensorShape UnsqueezeShape(Node x)
    {
        var axes = x.Constant(1).ToInt64();
        var rank = x[0].Shape.Rank + axes.Length;
        var places = axes.Select(axis => axis < 0 ? axis + rank : axis).ToHashSet();
        if (places.Count < axes.Length || places.Any(place => place < 0 || place >= rank))
            throw new GraphException($"{x}: axes [{string.Join(", ", axes)}] are not different places in a result of "
                + $"rank {rank}.");
        var rest = new Queue<long>(x[0].Shape);
        return new([.. Enumerable.Range(0, rank).Select(i => places.Contains(i) ? 1 : rest.Dequeue())]);
    }

    // Elements with a bit set, the sign of a floating zero aside.
    private static long NonZeros(Tensor x)
    {
        var (size, count) = (x.Type.Size(), 0L);
        for (var at = 0; at < x.Data.Length; at += size)
        {
            var element = x.Data.AsSpan(at, size);
            var last = element[^1] & (x.Type.IsFloat() ? 0x7F : 0xFF);
            count += element[..^1].ContainsAnyExcept((byte)0) || last != 0 ? 1 : 0;
        }
        return count;
    }

    private static IReadOnlyList<TypedShape> RangeShape(Node x)
    {
        double At(int i) => x.Constant(i) is { Type: ElementType.Float32 } f ? f.Values<float>()[0]
            : x.Constant(i).ToInt64()[0];
        return [new(x[0].Type, new((long)Math.Max(0, Math.Ceiling((At(1) - At(0)) / At(2)))))];
    }
}
