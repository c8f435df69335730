using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Models;

[TestClass]
public sealed class OpsetUpgradeTests
{
    private static readonly RandomTensors Random = new(31);
    private static readonly Tensor Plane = Random.Normal(1, 2, 4, 6);

    /// <summary>One node of an old opset, applied to x0, ...</summary>
    public sealed record Old(int Opset, NodeProto Node, Tensor[] Inputs, params (string Name, Tensor Value)[] Stored)
    {
        public override string ToString() =>
            $"opset {Opset}: {Node.OpType} {string.Join(" ", Node.Attribute.Select(a => a.Name))}";
    }

    public static IEnumerable<Old> Nodes =>
    [
        .. ((int[])[7, 9]).Select(opset =>
            new Old(opset, Node("Slice", ["x0"], ("starts", (long[])[1, -3]), ("ends", (long[])[9, -1]),
            ("axes", (long[])[2, 3])), [Plane])),
        new(8, Node("Slice", ["x0"], ("starts", (long[])[0, 1]), ("ends", (long[])[1, 2])), [Plane]),
        .. ((int[])[7, 10]).Select(opset =>
            new Old(opset, Node("Clip", ["x0"], ("min", -0.5f), ("max", 0.5f)), [Plane])),
        new(8, Node("Clip", ["x0"], ("max", 0.5f)), [Plane]),
        new(9, Node("Clip", ["x0"]), [Plane]),
        new(7, Node("Pad", ["x0"], ("pads", (long[])[0, 0, 1, 2, 0, 0, 0, 1]), ("value", 1.5f)), [Plane]),
        new(10, Node("Pad", ["x0"], ("pads", (long[])[0, 0, 1, 2, 0, 0, 0, 1]), ("mode", "reflect")), [Plane]),
        new(7, Node("Squeeze", ["x0"], ("axes", (long[])[0])), [Plane]),
        new(12, Node("Squeeze", ["x0"], ("axes", (long[])[-4])), [Plane]),
        new(12, Node("Squeeze", ["x0"]), [Plane]),
        new(9, Node("Unsqueeze", ["x0"], ("axes", (long[])[0, 5])), [Plane]),
        .. Reductions(),
        new(7, Node("Split", ["x0"], ["a", "b"], ("axis", 3), ("split", (long[])[2, 4])), [Plane]),
        new(11, Node("Split", ["x0"], ["a", "b", "c"], ("axis", 3)), [Plane]),
        new(13, Node("Split", ["x0"], ["a", "b"], ("axis", 2)), [Plane]),
        new(17, Node("Split", ["x0", "parts"], ["a", "b"], ("axis", 2)), [Plane], ("parts", Tensor.Vector(1L, 3L))),
        new(9, Node("Dropout", ["x0"], ("ratio", 0.3f)), [Plane]),
        new(12, Node("Dropout", ["x0"]), [Plane]),
        new(9, Node("TopK", ["x0"], ["values", "places"], ("k", 2), ("axis", 3)), [Plane]),
        new(10, Node("TopK", ["x0", "k"], ["values", "places"]), [Plane], ("k", Tensor.Vector(3L))),
        .. ((string[])["Softmax", "LogSoftmax"]).SelectMany(op => new Old[]
        {
            new(7, Node(op, ["x0"]), [Plane]), new(9, Node(op, ["x0"], ("axis", 3)), [Plane]),
                new(11, Node(op, ["x0"], ("axis", 2)), [Plane]),
            new(12, Node(op, ["x0"], ("axis", -1)), [Plane]), new(12, Node(op, ["x0"], ("axis", 0)), [Plane]),
                new(13, Node(op, ["x0"], ("axis", 1)), [Plane]),
            new(11, Node(op, ["x0"]), [Random.Normal(3, 5, 1, 1)]), new(13, Node(op, ["x0"]), [Plane]),
        }),
        .. Upsampling(),
        new(10, Node("Scatter", ["x0", "places", "x1"], ("axis", 1)), [Random.Normal(2, 4), Random.Normal(2, 2)],
            ("places", Tensor.Of<long>(new(2, 2), [0, 3, 2, 1]))),
        new(8, Node("BatchNormalization", ["x0", "s", "s", "s", "v"], ("spatial", 1), ("epsilon", 0.01f)), [Plane],
            Moments),
        new(9, Node("BatchNormalization", ["x0", "s", "s", "s", "v"], ("momentum", 0.9f)), [Plane], Moments),
        .. ((string[])["bilinear", "bicubic", "nearest"])
            .Select(mode => new Old(16, Node("GridSample", ["x0", "x1"], ("mode", mode)),
            [Plane, Random.Uniform(-1, 1, 1, 3, 5, 2)])),
        new(16, Node("GridSample", ["x0", "x1"]), [Plane, Random.Uniform(-1, 1, 1, 3, 5, 2)]),
        new(10, RoiAlign, [Plane, Boxes], ("images", Tensor.Vector(0L, 0L))),
        new(16, RoiAlign, [Plane, Boxes], ("images", Tensor.Vector(0L, 0L))),
        new(7, Node("Gemm", ["x0", "x1", "x2"], ("transB", 1)),
            [Random.Normal(2, 3), Random.Normal(4, 3), Random.Normal(4)]),
        new(7, Node("Conv", ["x0", "x1"], ("kernel_shape", (long[])[3, 3]), ("pads", (long[])[1, 1, 1, 1])),
            [Plane, Random.Normal(3, 2, 3, 3)]),
        new(7, Node("AveragePool", ["x0"], ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2])), [Plane]),
        new(7, Node("MaxPool", ["x0"], ("kernel_shape", (long[])[3, 3]), ("strides", (long[])[2, 2]),
            ("pads", (long[])[1, 1, 1, 1])), [Plane]),
        new(8, Node("PRelu", ["x0", "slope"]), [Plane], ("slope", Random.Normal(2, 1, 1))),
        new(9, Node("Flatten", ["x0"], ("axis", 2)), [Plane]),
        new(7, Node("DepthToSpace", ["x0"], ("blocksize", 2)), [Random.Normal(1, 8, 2, 3)]),
        new(8, Node("Expand", ["x0", "to"]), [Random.Normal(3, 1)], ("to", Tensor.Vector(2L, 3L, 4L))),
        new(12, Node("ReduceSum", ["x0"], ("axes", (long[])[1, 3])), [Plane]),
    ];

    [TestMethod]
    [DynamicData(nameof(Nodes))]
    public void ComputesWhatTheOldOperatorDid(Old old)
    {
        var model = Model(old.Opset, old.Inputs, [old.Node], old.Stored);
        var feed = old.Inputs.Select((input, i) => ($"x{i}", input)).ToArray();
        var expected = OnnxRun.Once(model, feed);
        var graph = new Graph();
        var values = GraphReader.Read(model, graph, model.OutputNames);
        var found = OnnxRun.Once(GraphWriter.Write(values, graph.Inputs), feed);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].Shape, values[i].Shape, "inferred shape");
            Assert.AreEqual(expected[i].Shape, found[i].Shape);
            Assert.AreEqual(expected[i].Type, values[i].Type, "inferred type");
            Close.AreEqual(expected[i], found[i], 1e-6f);
        }
    }

    [TestMethod]
    public void StatisticsOfEveryPixelAreRefused()
    {
        var model = Model(8, [Plane], [Node("BatchNormalization", ["x0", "s", "s", "s", "v"], ("spatial", 0))],
            Moments);
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "spatial = 0");
    }

    [TestMethod]
    public void EnlargingAndShrinkingAtOnceIsRefused()
    {
        var model = Model(10, [Plane], [Node("Resize", ["x0", "scales"])], ("scales", Tensor.Vector(1f, 1f, 2f, 0.5f)));
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "[1, 1, 2, 0.5]");
    }

    private static Tensor Boxes => Tensor.Of<float>(new(2, 4), [0, 0, 4, 3, 1, 0.5f, 5, 3.5f]);

    private static NodeProto RoiAlign =>
        Node("RoiAlign", ["x0", "x1", "images"], ("output_height", 2), ("output_width", 3), ("sampling_ratio", 2));

    private static (string, Tensor)[] Moments => [("s", Random.Normal(2)), ("v", Random.Uniform(0.5, 2, 2))];

    private static IEnumerable<Old> Reductions()
    {
        foreach (var op in (string[])["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"])
        {
            var x = op == "ReduceLogSum" ? Random.Uniform(0.5, 2, 1, 2, 4, 6) : Plane;
            yield return new(9, Node(op, ["x0"], ("axes", (long[])[2, 3]), ("keepdims", 0)), [x]);
            yield return new(11, Node(op, ["x0"], ("axes", (long[])[-1])), [x]);
            yield return new(12, Node(op, ["x0"]), [x]);
            if (op != "ReduceSum")
                yield return new(17, Node(op, ["x0"], ("axes", (long[])[1])), [x]);
        }
    }

    private static IEnumerable<Old> Upsampling()
    {
        foreach (var mode in (string[])["nearest", "linear"])
            foreach (var scales in (float[][])[[1, 1, 2, 2], [1, 1, 1.5f, 3], [1, 1, 2, 1]])
            {
                yield return new(7, Node("Upsample", ["x0"], ("mode", mode), ("scales", scales)), [Plane]);
                yield return new(9, Node("Upsample", ["x0", "scales"], ("mode", mode)), [Plane],
                    ("scales", Tensor.Vector<float>(scales)));
                yield return new(10, Node("Resize", ["x0", "scales"], ("mode", mode)), [Plane],
                    ("scales", Tensor.Vector<float>(scales)));
            }
        yield return new(9, Node("Upsample", ["x0", "scales"]), [Plane], ("scales", Tensor.Vector(1f, 1f, 2f, 2f)));
        foreach (var scales in (float[][])[[1, 1, 0.5f, 0.5f], [1, 1, 0.6f, 0.4f], [1, 1, 0.5f, 1]])
            foreach (var mode in (string[])["nearest", "linear"])
                yield return new(10, Node("Resize", ["x0", "scales"], ("mode", mode)), [Plane],
                    ("scales", Tensor.Vector<float>(scales)));
        yield return new(11,
            Node("Resize", ["x0", "none", "scales"], ("mode", "nearest"), ("nearest_mode", "floor"),
            ("coordinate_transformation_mode", "asymmetric")),
            [Plane], ("none", Tensor.Vector<float>()), ("scales", Tensor.Vector(1f, 1f, 2f, 2f)));
        yield return new(13,
            Node("Resize", ["x0", "", "", "sizes"], ("mode", "linear"),
            ("coordinate_transformation_mode", "pytorch_half_pixel")),
            [Plane], ("sizes", Tensor.Vector(1L, 2L, 7L, 9L)));
    }
}
