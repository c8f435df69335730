using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>A new class count for the small RetinaNet that PyTorch exported (reference group 13).</summary>
[TestClass]
public sealed class HeadReplacementTests
{
    private const string File = "References/13_training/tiny_retinanet.onnx";

    [TestMethod]
    [DataRow(5, 1)]
    [DataRow(5, 4)]
    [DataRow(1, 1)]
    [DataRow(1, 4)]
    public void GivesTheNewCountAtAnyBatch(int classes, int batch)
    {
        var old = OnnxModel.Load(File);
        var (before, after) = (Run(old, batch), Run(Replaced(classes), batch));
        Assert.AreEqual(new TensorShape(batch, 128, classes), after["cls_logits"].Shape);
        CollectionAssert.AreEqual(before["bbox_regression"].Data, after["bbox_regression"].Data);
        Assert.AreEqual(new TensorShape(batch, 128, 3), before["cls_logits"].Shape, "the original changed");
    }

    [TestMethod]
    public void KeepsTheLogitsOfKeptClasses()
    {
        var model = Replaced(5, new() { Kept = new Dictionary<int, int> { [0] = 2, [4] = 1 } });
        var (before, after) = (Rows(Run(OnnxModel.Load(File), 2)["cls_logits"]), Rows(Run(model, 2)["cls_logits"]));
        foreach (var (row, changed) in before.Zip(after))
        {
            Assert.AreEqual(row[2], changed[0]);
            Assert.AreEqual(row[1], changed[4]);
            Assert.AreNotEqual(row[0], changed[1]);
        }
    }

    // Some converters store what is open as -1.
    [TestMethod]
    public void AxesThatAreStoredAsOpenStayOpen()
    {
        var model = OnnxModel.Load(File);
        var output = model.Proto.Graph.Output.Single(at => at.Name == "cls_logits").Type.TensorType.Shape;
        output.Dim.Clear();
        foreach (var size in new long[] { -1, -1, 3 })
            output.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        var changed = HeadReplacement.Apply(model, "cls_logits", 5, Shapes(1));
        CollectionAssert.AreEqual(new long[] { -1, -1, 5 }, changed.Proto.Graph.Output.Single(at => at.Name == "cls_logits")
            .Type.TensorType.Shape.Dim.Select(dim => dim.DimValue).ToArray());
    }

    [TestMethod]
    public void StartsAtThePrior()
    {
        var bias = Replaced(5, new() { Prior = 0.01f }).Initializers["cls_head.bias"].ToTensor().Values<float>();
        Assert.AreEqual(10, bias.Length);
        foreach (var b in bias)
            Assert.AreEqual(0.01, 1 / (1 + Math.Exp(-b)), 1e-7);
        foreach (var b in Replaced(5).Initializers["cls_head.bias"].ToTensor().Values<float>())
            Assert.AreEqual(0, b);
    }

    [TestMethod]
    public void DrawsWeightsOfTheGivenDeviation()
    {
        var weights = Replaced(90, new() { WeightDeviation = 0.02f }).Initializers["cls_head.weight"]
            .ToTensor().Values<float>().ToArray();
        Assert.HasCount(180 * 8 * 9, weights);
        // 12960 draws: the deviation of the mean is 1.8e-4, that of the deviation 1.3e-4.
        Assert.AreEqual(0, weights.Average(), 8e-4);
        Assert.AreEqual(0.02, Math.Sqrt(weights.Average(w => (double)w * w)), 6e-4);
    }

    [TestMethod]
    public void SameSeedSameBytes()
    {
        CollectionAssert.AreEqual(Replaced(5, new() { Seed = 3 }).ToBytes(), Replaced(5, new() { Seed = 3 }).ToBytes());
        CollectionAssert.AreNotEqual(Replaced(5, new() { Seed = 3 }).ToBytes(),
            Replaced(5, new() { Seed = 4 }).ToBytes());
    }

    [TestMethod]
    public void ReplacesAReplacedHead()
    {
        var model = HeadReplacement.Apply(Replaced(5), "cls_logits", 2, Shapes(1));
        Assert.AreEqual(new TensorShape(1, 128, 2), Run(model, 1)["cls_logits"].Shape);
    }

    private static OnnxModel Replaced(int classes, HeadReplacementOptions? options = null) =>
        HeadReplacement.Apply(OnnxModel.Load(File), "cls_logits", classes, Shapes(1), options);

    private static Dictionary<string, TensorShape> Shapes(int batch) => new() { ["images"] = new(batch, 3, 32, 32) };

    private static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, int batch) => Subgraph.Run(model,
        new Dictionary<string, Tensor> { ["images"] = new RandomTensors().Normal(batch, 3, 32, 32) },
            ["cls_logits", "bbox_regression"]);

    private static IEnumerable<float[]> Rows(Tensor logits) =>
        logits.Values<float>().ToArray().Chunk((int)logits.Shape[-1]);
}
