using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>
/// Detectors of a few numbers, laid out as different exporters lay out their heads: input x0, raw values "classes" and
/// "boxes", activation "scores".
/// </summary>
internal static class SmallHeads
{
    public const int Anchors = 2, Side = 4, Rows = Anchors * Side * Side;

    /// <summary>Channels over anchors, then classes; the target shapes are stored whole.</summary>
    public static OnnxModel AnchorMajor(int classes) => Build(17, Convolutions(classes),
    [
        Node("Transpose", ["c"], ["ct"], ("perm", new long[] { 0, 2, 3, 1 })),
        Node("Reshape", ["ct", "class_shape"], ["classes"]),
        Node("Transpose", ["b"], ["bt"], ("perm", new long[] { 0, 2, 3, 1 })),
        Node("Reshape", ["bt", "box_shape"], ["boxes"]),
        Node("Sigmoid", ["classes"], ["scores"]),
    ], ("class_shape", Tensor.Vector<long>(1, Rows, classes)), ("box_shape", Tensor.Vector<long>(1, Rows, 4)));

    /// <summary>Channels over anchors, then classes, taken apart in five dimensions.</summary>
    public static OnnxModel FiveDimensions(int classes) => Build(17, Convolutions(classes),
    [
        Node("Reshape", ["c", "class_split"], ["c5"]),
        Node("Transpose", ["c5"], ["ct"], ("perm", new long[] { 0, 3, 4, 1, 2 })),
        Node("Reshape", ["ct", "class_shape"], ["classes"]),
        Node("Reshape", ["b", "box_split"], ["b5"]),
        Node("Transpose", ["b5"], ["bt"], ("perm", new long[] { 0, 3, 4, 1, 2 })),
        Node("Reshape", ["bt", "box_shape"], ["boxes"]), Node("Sigmoid", ["classes"], ["scores"]),
    ], ("class_split", Tensor.Vector<long>(0, Anchors, classes, Side, Side)),
        ("class_shape", Tensor.Vector<long>(0, -1, classes)),
        ("box_split", Tensor.Vector<long>(0, Anchors, 4, Side, Side)), ("box_shape", Tensor.Vector<long>(0, -1, 4)));

    /// <summary>Channels over classes, then anchors.</summary>
    public static OnnxModel ClassMajor(int classes) => Build(17, Convolutions(classes),
    [
        Node("Reshape", ["c", "class_shape"], ["cr"]),
        Node("Transpose", ["cr"], ["classes"], ("perm", new long[] { 0, 2, 1 })),
        Node("Reshape", ["b", "box_shape"], ["br"]),
        Node("Transpose", ["br"], ["boxes"], ("perm", new long[] { 0, 2, 1 })),
        Node("Softmax", ["classes"], ["scores"], ("axis", -1)),
    ], ("class_shape", Tensor.Vector<long>(1, classes, Rows)), ("box_shape", Tensor.Vector<long>(1, 4, Rows)));

    /// <summary>Four classes: class and box head share the computed target shape, as their last number is the
    /// same.</summary>
    public static OnnxModel SharedShape() => Build(17, Convolutions(4),
    [
        Node("Transpose", ["c"], ["ct"], ("perm", new long[] { 0, 2, 3, 1 })),
        Node("Transpose", ["b"], ["bt"], ("perm", new long[] { 0, 2, 3, 1 })),
        Node("Shape", ["c"], ["shape"]), Node("Gather", ["shape", "zero"], ["batch"]),
        Node("Concat", ["batch", "rest"], ["target"], ("axis", 0)),
        Node("Reshape", ["ct", "target"], ["classes"]), Node("Reshape", ["bt", "target"], ["boxes"]),
        Node("Sigmoid", ["classes"], ["scores"]),
    ], ("zero", Tensor.Vector<long>(0)), ("rest", Tensor.Vector<long>(-1, 4)));

    /// <summary>Fully connected heads, the class head with or without a bias inside Gemm, or as MatMul and
    /// Add.</summary>
    public static OnnxModel Dense(int classes, string kind)
    {
        const int Features = 3 * Side * Side;
        NodeProto[] head = kind == "MatMul"
            ? [Node("MatMul", ["f", "wc"], ["m"]), Node("Add", ["m", "cls.bias"], ["c"])]
            : kind == "Gemm" ? [Node("Gemm", ["f", "wc", "cls.bias"], ["c"], ("transB", 1))]
            : [Node("Gemm", ["f", "wc"], ["c"])];
        var random = new RandomTensors();
        var weights = kind == "Gemm" ? random.Normal(Anchors * classes, Features)
            : random.Normal(Features, Anchors * classes);
        return Build(17, [("wc", weights), ("cls.bias", random.Normal(Anchors * classes)),
            ("wb", random.Normal(Features, Anchors * 4))],
        [
            Node("Flatten", ["x0"], ["f"]), .. head, Node("MatMul", ["f", "wb"], ["b"]),
            Node("Reshape", ["c", "class_shape"], ["classes"]), Node("Reshape", ["b", "box_shape"], ["boxes"]),
            Node("Softmax", ["classes"], ["scores"]),
        ], ("class_shape", Tensor.Vector<long>(1, Anchors, classes)),
            ("box_shape", Tensor.Vector<long>(1, Anchors, 4)));
    }

    /// <summary>Two pyramid levels through one and the same class convolution, as RetinaNet has it.</summary>
    public static OnnxModel SharedLevels(int classes) => Build(17, Convolutions(classes),
    [
        Node("MaxPool", ["x0"], ["x1"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
        Node("Conv", ["x1", "wc", "cls.bias"], ["c1"]), Node("Conv", ["x1", "wb"], ["b1"]),
        .. new[] { ("c", "cs"), ("c1", "cs"), ("b", "bs"), ("b1", "bs") }.SelectMany(head => (NodeProto[])[
            Node("Transpose", [head.Item1], [head.Item1 + "t"], ("perm", new long[] { 0, 2, 3, 1 })),
            Node("Reshape", [head.Item1 + "t", head.Item2], [head.Item1 + "r"])]),
        Node("Concat", ["cr", "c1r"], ["classes"], ("axis", 1)), Node("Concat", ["br", "b1r"], ["boxes"], ("axis", 1)),
        Node("Sigmoid", ["classes"], ["scores"]),
    ], ("cs", Tensor.Vector<long>(0, -1, classes)), ("bs", Tensor.Vector<long>(0, -1, 4)));

    /// <summary>The model with other nodes behind its activation.</summary>
    public static OnnxModel WithTail(OnnxModel model, NodeProto[] nodes, params (string Name, Tensor Value)[] stored)
    {
        model.Proto.Graph.Node.Add(nodes);
        model.Proto.Graph.Initializer.Add(stored.Select(tensor => tensor.Value.ToProto(tensor.Name)));
        model.Proto.Graph.Output.Add(nodes[^1].Output.Select(name => new ValueInfoProto { Name = name }));
        return model;
    }

    /// <summary>Values of the model for a fixed picture.</summary>
    public static Tensor Value(OnnxModel model, string name) =>
        OnnxGraphs.Surgery.Subgraph.Run(model, new Dictionary<string, Tensor> { ["x0"] = Picture }, [name])[name];

    private static Tensor Picture { get; } = new RandomTensors(7).Normal(1, 3, Side, Side);

    private static (string, Tensor)[] Convolutions(int classes)
    {
        var random = new RandomTensors();
        return [("wc", random.Normal(Anchors * classes, 3, 1, 1)), ("cls.bias", random.Normal(Anchors * classes)),
            ("wb", random.Normal(Anchors * 4, 3, 1, 1))];
    }

    private static OnnxModel Build(int opset, (string, Tensor)[] weights, NodeProto[] nodes,
        params (string, Tensor)[] constants)
    {
        NodeProto[] layers = weights[0].Item2.Shape.Rank == 2 ? []
            : [Node("Conv", ["x0", "wc", "cls.bias"], ["c"]), Node("Conv", ["x0", "wb"], ["b"])];
        var model = Model(opset, [Picture], [.. layers, .. nodes], [.. weights, .. constants]);
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "boxes" });
        return model;
    }
}
