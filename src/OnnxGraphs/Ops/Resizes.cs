using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>[N, C, H, W] enlarged by whole factors, each pixel repeated.</summary>
    public static Var UpsampleNearest(Var x, long factor) => Apply("Resize",
        [x, null, null, x.Graph.Constant(x.Shape[0], x.Shape[1], x.Shape[2] * factor, x.Shape[3] * factor)],
        new() { { "mode", "nearest" }, { "coordinate_transformation_mode", "asymmetric" }, { "nearest_mode", "floor" } });

    private static OperatorTable Resizes() => new() { ["Resize"] = new(ResizeShape, ResizeGradient) };

    private static IReadOnlyList<TypedShape> ResizeShape(Node x)
    {
        if (x.Attributes.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
            throw new GraphException($"{x}: Resize is read with keep_aspect_ratio_policy = stretch only.");
        var (shape, dims) = (x[0].Shape, x[0].Shape.ToArray());
        var axes = x.Attributes.Ints("axes") ?? [.. Enumerable.Range(0, shape.Rank).Select(i => (long)i)];
        var sizes = x.Optional(3) is null ? null : x.Constant(3).ToInt64();
        for (var i = 0; i < axes.Length; i++)
            dims[shape.Axis(axes[i])] = sizes is { Length: > 0 } ? sizes[i]
                : (long)Math.Floor(shape[(int)axes[i]] * x.Constant(2).Values<float>()[i]);
        return [new(x[0].Type, new(dims))];
    }

    // Resizing is linear and separable: y = R_h x R_w'. Its matrices are read off ONNX Runtime by resizing unit matrices, so
    // every mode and coordinate convention is met exactly. dx = R_h' dy R_w.
    private static Var?[] ResizeGradient(Var dy, Node x, Var y)
    {
        if (x[0].Shape.Rank != 4 || y.Shape[0] != x[0].Shape[0] || y.Shape[1] != x[0].Shape[1])
            throw new GraphException($"{x}: Resize has a gradient rule for [N, C, H, W] resized in H and W only.");
        if (RepeatFactor(x, y) is { } factor)
            return [Apply("AveragePool", [dy], new() { { "kernel_shape", factor }, { "strides", factor } }) * (factor[0] * factor[1])];
        var dx = y.Shape[2] == x[0].Shape[2] ? dy : MatMul(Transposed(ResizeMatrix(x, y, 2)), dy);
        return [y.Shape[3] == x[0].Shape[3] ? dx : MatMul(dx, ResizeMatrix(x, y, 3))];
    }

    // Nearest by whole factors with floor rounding: each pixel is repeated, and dx is a sum over blocks.
    private static long[]? RepeatFactor(Node x, Var y)
    {
        var (from, to) = (x[0].Shape, y.Shape);
        var nearest = x.Attributes.Text("mode", "nearest") == "nearest"
            && (x.Attributes.Text("coordinate_transformation_mode", "half_pixel"), x.Attributes.Text("nearest_mode", "round_prefer_floor"))
                is ("asymmetric", "floor") or ("half_pixel", _);
        return nearest && to[2] % from[2] == 0 && to[3] % from[3] == 0 ? [to[2] / from[2], to[3] / from[3]] : null;
    }

    // [resized size, size] of one axis, as a constant.
    private static Var ResizeMatrix(Node x, Var y, int axis)
    {
        var (size, resized) = (x[0].Shape[axis], y.Shape[axis]);
        var unit = new float[size * size];
        for (var i = 0; i < size; i++)
            unit[i * size + i] = 1;
        var probe = Reshape(x.Graph.Constant(Tensor.Of<float>(new(size, size), unit)), 1, 1, size, size);
        var attributes = new Attributes();
        foreach (var (name, value) in x.Attributes.Where(pair => pair.Key is not "axes"))
            attributes.Add(name, value);
        // Scales given by the node are kept: they need not equal the ratio of sizes.
        var given = x.Optional(2) is not null && x.Constant(2) is { Shape.Size: > 0 } scales ? scales.Values<float>() : [];
        var at = x.Attributes.Ints("axes") is { } axes ? Array.IndexOf(axes, (long)axis) : axis;
        Var?[] inputs = given.Length > 0 && at >= 0
            ? [probe, null, x.Graph.Constant(Tensor.Vector(1f, 1f, given[at], 1f))]
            : [probe, null, null, x.Graph.Constant(1, 1, resized, size)];
        var matrix = Apply("Resize", inputs, attributes).TryConstant()!;
        return x.Graph.Constant(matrix.Reshape(new(resized, size)));
    }
}
