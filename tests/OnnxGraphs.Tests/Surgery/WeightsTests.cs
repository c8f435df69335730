using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Which stored tensors are trained, and which of them are one.</summary>
[TestClass]
public sealed class WeightsTests
{
    private const string Tiny = "References/13_training/tiny_retinanet.onnx";

    [TestMethod]
    public void FindsWeightsAndNoStatistics() => CollectionAssert.AreEqual(
        new[] { "conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias", "cls_head.weight",
            "cls_head.bias",
            "box_head.weight", "box_head.bias" },
        TrainableWeights.Of(OnnxModel.Load(Tiny), ["cls_logits", "bbox_regression"]).ToArray());

    [TestMethod]
    public void LeavesOutWhatTheValuesDoNotDependOn() => Assert.IsFalse(
        TrainableWeights.Of(OnnxModel.Load(Tiny), ["bbox_regression"]).Any(name => name.StartsWith("cls_head")));

    [TestMethod]
    public void LeavesOutWhatIsFrozen() => CollectionAssert.AreEqual(new[] { "cls_head.weight", "box_head.weight" },
        TrainableWeights.Of(OnnxModel.Load(Tiny), ["cls_logits", "bbox_regression"], ["conv?.*", "bn*", "*_head.bias"])
            .ToArray());

    [TestMethod]
    public void NamesAGlobThatMatchesNothing()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => TrainableWeights.Of(OnnxModel.Load(Tiny), ["cls_logits"], ["bn*", "Conv*"]));
        StringAssert.Contains(error.Message, "'Conv*'");
        StringAssert.Contains(error.Message, "'conv1.weight'");
    }

    [TestMethod]
    public void SaysWhereEverythingIsFrozen()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => TrainableWeights.Of(OnnxModel.Load(Tiny), ["cls_logits"], ["*"]));
        StringAssert.Contains(error.Message, "all frozen");
    }

    // A bias after MatMul is one by its place, whatever it is called; a scale or an offset of the input is none.
    [TestMethod]
    public void KnowsABiasAfterMatMul()
    {
        var random = new RandomTensors();
        var model = Model(17, [random.Normal(2, 3)],
            [Node("Add", ["x0", "offset"], ["a"]), Node("MatMul", ["a", "w"], ["m"]),
                Node("Add", ["onnx::Add_7", "m"], ["y"])],
            ("offset", random.Normal(3)), ("w", random.Normal(3, 4)), ("onnx::Add_7", random.Normal(4)));
        CollectionAssert.AreEquivalent(new[] { "w", "onnx::Add_7" }, TrainableWeights.Of(model, ["y"]).ToArray());
    }

    [TestMethod]
    public void UntiesWeightsThatTheExporterStoredOnce()
    {
        var random = new RandomTensors();
        var (x, w) = (random.Normal(1, 2, 3, 3), random.Normal(2, 2, 1, 1));
        var tied = Model(17, [x], [Node("Identity", ["w"], ["w2"]), Node("Conv", ["x0", "w"], ["a"]),
            Node("Conv", ["a", "w2"], ["y"])], ("w", w));
        var free = TiedWeights.Untie(tied);
        CollectionAssert.AreEqual(new[] { "w", "w2" }, TrainableWeights.Of(free, ["y"]).ToArray());
        CollectionAssert.AreEqual(new[] { "w" }, TrainableWeights.Of(tied, ["y"]).ToArray());
        CollectionAssert.AreEqual(OnnxRun.Once(tied, ("x0", x))[0].Data, OnnxRun.Once(free, ("x0", x))[0].Data);
    }

    // IR 3 wants every stored tensor among the inputs; the new ones are not.
    [TestMethod]
    public void UntiesInFilesOfIr3()
    {
        var random = new RandomTensors();
        var (x, w) = (random.Normal(1, 2, 3, 3), random.Normal(2, 2, 1, 1));
        var tied = Model(9, [x, w],
            [Node("Identity", ["x1"], ["w2"]), Node("Conv", ["x0", "x1"], ["a"]), Node("Conv", ["a", "w2"], ["y"])],
            ("x1", w));
        tied.Proto.IrVersion = 3;
        var free = TiedWeights.Untie(tied);
        Assert.IsGreaterThanOrEqualTo(4, free.Proto.IrVersion);
        CollectionAssert.AreEqual(OnnxRun.Once(tied, ("x0", x))[0].Data, OnnxRun.Once(free, ("x0", x))[0].Data);
    }

    [TestMethod]
    public void UntiesChainsAndLeavesOutputsAndIntegers()
    {
        var w = new RandomTensors().Normal(2, 2, 1, 1);
        var model = Model(17, [w],
            [Node("Identity", ["w"], ["w2"]), Node("Identity", ["w2"], ["w3"]), Node("Identity", ["i"], ["i2"]),
                Node("Identity", ["w"], ["y"])],
            ("w", w), ("i", Tensor.Vector<long>(1)));
        var free = TiedWeights.Untie(model);
        CollectionAssert.AreEquivalent(new[] { "w", "w2", "w3", "i" }, free.Initializers.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "i2", "y" }, free.Proto.Graph.Node.Select(node => node.Output[0]).ToArray());
    }
}
