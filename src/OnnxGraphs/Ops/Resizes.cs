using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>[N, C, H, W] enlarged by whole factors, each pixel repeated.</summary>
    public static Var UpsampleNearest(Var x, long factor) => Apply("Resize",
        [x, null, null, x.Graph.Constant(x.Shape[0], x.Shape[1], x.Shape[2] * factor, x.Shape[3] * factor)],
        new() { { "mode", "nearest" }, { "coordinate_transformation_mode", "asymmetric" },
            { "nearest_mode", "floor" } });

    private static OperatorTable Resizes() => new()
    {
        ["Resize"] = new(ResizeShape, ResizeGradient) { Remark = "[N, C, H, W] in H and W, without cropping" },
    };

    private static IReadOnlyList<TypedShape> ResizeShape(Node x)
    {
        if (x.Attributes.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
            throw new GraphException($"{x}: Resize is read with keep_aspect_ratio_policy = stretch only.");
        var (dims, sizes, scales) = (x[0].Shape.ToArray(), ResizeSizes(x), ResizeScales(x));
        var axes = ResizeAxes(x);
        if ((sizes?.Length ?? scales?.Length) != axes.Length)
            throw new GraphException($"{x}: expected a size or a scale for each of the axes "
                + $"[{string.Join(", ", axes)}].");
        for (var i = 0; i < axes.Length; i++)
            dims[axes[i]] = sizes?[i] ?? (long)Math.Floor(dims[axes[i]] * scales![i]);
        return [new(x[0].Type, new(dims))];
    }

    private static int[] ResizeAxes(Node x) => x.Attributes.Ints("axes") is { } axes
        ? [.. axes.Select(axis => x[0].Shape.Axis(axis))] : [.. Enumerable.Range(0, x[0].Shape.Rank)];

    private static long[]? ResizeSizes(Node x) =>
        x.Optional(3) is not null && x.Constant(3) is { Shape.Size: > 0 } sizes ? sizes.ToInt64() : null;

    private static float[]? ResizeScales(Node x) =>
        x.Optional(2) is not null && x.Constant(2) is { Shape.Size: > 0 } scales ? scales.Values<float>().ToArray()
            : null;

    // The scale along one axis: the given one, which need not equal the ratio of sizes, or else that ratio.
    private static float ResizeScale(Node x, int axis) =>
        ResizeScales(x) is not { } scales ? (float)x.Outputs[0].Shape[axis] / x[0].Shape[axis]
        : Array.IndexOf(ResizeAxes(x), axis) is var i and >= 0 ? scales[i] : 1;

    private static bool CropsByResize(Node x) =>
        x.Attributes.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";

    // Resizing is linear and separable: y = R_h x R_w'. Its matrices are read off ONNX Runtime by resizing unit
    // matrices, so every mode and coordinate convention is met exactly. dx = R_h' dy R_w.
    private static Var?[] ResizeGradient(Var dy, Node x, Var y)
    {
        if (x[0].Shape.Rank != 4 || y.Shape[0] != x[0].Shape[0] || y.Shape[1] != x[0].Shape[1] || CropsByResize(x))
            throw new GraphException($"{x}: Resize has a gradient rule for [N, C, H, W] "
                + "resized in H and W only, without cropping.");
        if (RepeatFactor(x, y) is { } factor)
            return [Apply("AveragePool", [dy],
                new() { { "kernel_shape", factor }, { "strides", factor } }) * (factor[0] * factor[1])];
        var dx = ResizeScale(x, 2) == 1 ? dy : MatMul(Transposed(ResizeMatrix(x, y, 2)), dy);
        return [ResizeScale(x, 3) == 1 ? dx : MatMul(dx, ResizeMatrix(x, y, 3))];
    }

    // Nearest by whole factors with these roundings: each pixel is repeated, and dx is a sum over blocks.
    private static long[]? RepeatFactor(Node x, Var y)
    {
        var (mode, coordinates) =
            (x.Attributes.Text("mode", "nearest"), x.Attributes.Text("coordinate_transformation_mode", "half_pixel"));
        var repeats = mode == "nearest" && (coordinates, x.Attributes.Text("nearest_mode", "round_prefer_floor"))
            is ("asymmetric", "floor") or ("half_pixel", "round_prefer_floor" or "round_prefer_ceil");
        var (height, width) = (ResizeScale(x, 2), ResizeScale(x, 3));
        return repeats && float.IsInteger(height) && float.IsInteger(width) ? [(long)height, (long)width] : null;
    }

    // [resized size, size] of one axis, as a constant.
    private static Var ResizeMatrix(Node x, Var y, int axis)
    {
        var (size, resized) = (x[0].Shape[axis], y.Shape[axis]);
        ExpectSmall(x, size, Math.Max(size, resized));
        var unit = new float[size * size];
        for (var i = 0; i < size; i++)
            unit[i * size + i] = 1;
        var probe = Reshape(x.Graph.Constant(Tensor.Of<float>(new(size, size), unit)), 1, 1, size, size);
        var attributes = new Attributes();
        foreach (var (name, value) in x.Attributes.Where(pair => pair.Key is not "axes"))
            attributes.Add(name, value);
        Var?[] inputs = ResizeScales(x) is null
            ? [probe, null, null, x.Graph.Constant(1, 1, resized, size)]
            : [probe, null, x.Graph.Constant(Tensor.Vector(1f, 1f, ResizeScale(x, axis), 1f))];
        var matrix = Apply("Resize", inputs, attributes).TryConstant()!;
        return x.Graph.Constant(matrix.Reshape(new(resized, size)));
    }
}
