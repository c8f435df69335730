using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Files that ONNX Runtime does not read as they are, and rounding that hides what a tail computes.</summary>
[TestClass]
public sealed class FileEndsTests
{
    private static readonly Tensor Picture = new RandomTensors(4).Uniform(0, 1, 1, 2, 3, 3);

    [TestMethod]
    public void Empty_parts_of_a_concat_are_dropped()
    {
        var model = Model(11, [Picture], [Node("Concat", ["none", "x0", "x0"], ("axis", 1L))],
            ("none", Tensor.Of<float>(new(0), [])));
        Assert.ThrowsExactly<ModelException>(() => Run(model, "y"));
        Assert.AreEqual(new TensorShape(1, 4, 3, 3), Run(EmptyParts.Drop(model), "y").Shape);
        var whole = Model(11, [Picture], [Node("Concat", ["x0", "x0"], ("axis", 1L))]);
        Assert.AreSame(whole, EmptyParts.Drop(whole));
    }

    [TestMethod]
    public void A_plugin_at_the_end_is_cut_off_and_put_back()
    {
        var plugin = Node("BatchedNMS_TRT", ["boxes", "scores"], ["count", "best"], ("numClasses", 7L));
        plugin.Domain = "TRT";
        var model = Model(11, [Picture], [Node("Relu", ["x0"], ["boxes"]), Node("Sigmoid", ["x0"], ["scores"]), plugin]);
        var cut = PluginTail.Cut(model);
        CollectionAssert.AreEqual(new[] { "boxes", "scores" }, cut.OutputNames.ToArray());
        CollectionAssert.AreEqual(new[] { "BatchedNMS_TRT" }, PluginTail.Operators(cut).ToArray());
        Assert.AreEqual(Picture.Shape, Run(cut, "scores").Shape);
        var whole = PluginTail.WithClasses(PluginTail.Return(cut), 3);
        CollectionAssert.AreEqual(new[] { "count", "best" }, whole.OutputNames.ToArray());
        Assert.AreEqual(3, whole.Producers["best"].Attribute.Single().I);
        Assert.IsEmpty(PluginTail.Operators(whole));
    }

    [TestMethod]
    public void A_plugin_in_the_middle_is_refused()
    {
        var plugin = Node("Norm_TRT", ["x0"], ["normed"]);
        var model = Model(11, [Picture], [plugin, Node("Conv", ["normed", "w"], ["y"])],
            ("w", Tensor.Of<float>(new(1, 2, 1, 1), [1, 1])));
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => PluginTail.Cut(model)).Message,
            "layers lie behind the plugin 'Norm_TRT'");
    }

    [TestMethod]
    public void Rounding_of_activations_is_taken_away()
    {
        var model = Model(13, [Picture], [Node("QuantizeLinear", ["x0", "scale"], ["q"]),
            Node("DequantizeLinear", ["q", "scale"], ["r"]), Node("Identity", ["r"], ["y"])],
            ("scale", Tensor.Of<float>(new(), [0.3f])));
        var exact = Run(ActivationRounding.Without(model), "y").Values<float>().ToArray();
        CollectionAssert.AreEqual(Picture.Values<float>().ToArray(), exact);
        CollectionAssert.AreNotEqual(exact, Run(model, "y").Values<float>().ToArray());
    }

    private static Tensor Run(OnnxModel model, string value) =>
        Subgraph.Run(model, new Dictionary<string, Tensor> { ["x0"] = Picture }, [value])[value];
}
