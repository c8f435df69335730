using OnnxGraphs.Graphs;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>New class counts for heads that are stored in 16-bit floats or quantised.</summary>
[TestClass]
public sealed class StoredHeadTests
{
    private static readonly Tensor Picture = new RandomTensors(7).Normal(1, 3, SmallHeads.Side, SmallHeads.Side);

    private static readonly Dictionary<string, Func<int, OnnxModel>> Layouts = new()
    {
        ["anchor major"] = SmallHeads.AnchorMajor, ["class major"] = SmallHeads.ClassMajor,
        ["shared levels"] = SmallHeads.SharedLevels, ["Gemm"] = classes => SmallHeads.Dense(classes, "Gemm"),
        ["MatMul"] = classes => SmallHeads.Dense(classes, "MatMul"),
    };

    private static readonly Dictionary<string, Func<OnnxModel, OnnxModel>> Forms = new()
    {
        ["16 bits"] = StoredForms.Halves,
        ["16 bits, cast"] = model => StoredForms.CastWeights(model, ElementType.Float16),
        ["16-bit brain floats, cast"] = model => StoredForms.CastWeights(model, ElementType.BFloat16),
        ["one scale"] = model => StoredForms.Quantized(model, perChannel: false),
        ["scales for each channel"] = model => StoredForms.Quantized(model, perChannel: true),
    };

    public static IEnumerable<object[]> Cases =>
        from form in Forms.Keys
        from layout in Layouts.Keys
        from counts in new[] { (From: 3, To: 5), (From: 3, To: 2) }
        select new object[] { form, layout, counts.From, counts.To };

    [TestMethod]
    public void RoundingInPairsIsNoProblemOfTheReport()
    {
        var report = StoredForms.Quantized(SmallHeads.AnchorMajor(3), perChannel: true).Summary();
        Assert.IsTrue(report.Operators.Any(use => use is { Operator: "DequantizeLinear", OnPath: > 0 }));
        Assert.DoesNotContain("QuantizeLinear", string.Join("; ", report.Problems));
    }

    // What is kept gives the same numbers in stock ONNX Runtime, to the last bit; so do the boxes.
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TakesANewCountInItsOwnType(string form, string layout, int from, int to)
    {
        var model = Head(form, layout, from);
        Assert.AreEqual("classes", HeadCut.Find(model, "scores"));
        var bytes = model.ToBytes();
        var changed = HeadReplacement.Apply(model, "classes", to,
            options: new() { Kept = new Dictionary<int, int> { [to - 1] = 0 }, Prior = 0.01f });
        CollectionAssert.AreEqual(bytes, model.ToBytes(), "the original changed");
        foreach (var old in model.Proto.Graph.Initializer)
            Assert.AreEqual(old.DataType, changed.Initializers[old.Name].DataType, old.Name);
        var (before, after) = (Values(model), Values(changed));
        CollectionAssert.AreEqual(before["boxes"].Data, after["boxes"].Data);
        var (was, now) = (before["classes"].ToFloat32().Values<float>().ToArray(),
            after["classes"].ToFloat32().Values<float>().ToArray());
        Assert.AreEqual(before["classes"].Shape.With(2, to), after["classes"].Shape);
        for (var row = 0; row < was.Length / from; row++)
        {
            Assert.AreEqual(was[row * from], now[row * to + to - 1], $"row {row}");
            // Weights of deviation 0.01 move the logit of the prior by little; QDQ pairs round to tenths.
            if (!layout.StartsWith('M') && !layout.StartsWith('G'))
                Assert.AreEqual(-Math.Log(99), now[row * to], 0.3, $"row {row}");
        }
    }

    [TestMethod]
    [DataRow("16 bits")]
    [DataRow("16-bit brain floats, cast")]
    [DataRow("one scale")]
    [DataRow("scales for each channel")]
    public void TrainsWithTheNewCount(string form)
    {
        var model = HeadReplacement.Apply(Head(form, "anchor major", 3), "classes", 5);
        var graph = TrainingGraph.Build(model, ["classes"], Loss, new Sgd(0.9f));
        using var run = new TrainingRun(graph, model);
        CollectionAssert.AreEqual(model.ToBytes(), graph.Layout.Scatter(run.Read(0), model).ToBytes());
        Picture.Values<float>().CopyTo(run.Input<float>("x0"));
        var first = run.Step(0.02f);
        for (var step = 0; step < 60; step++)
            run.Step(0.02f);
        Assert.IsLessThan(0.5f * first, run.Term("error"));
        var tuned = graph.Layout.Scatter(run.Read(0), model);
        foreach (var (tensor, old) in tuned.Proto.Graph.Initializer.Zip(model.Proto.Graph.Initializer))
            Assert.AreEqual($"{old.Name} {old.DataType} {old.Dims}", $"{tensor.Name} {tensor.DataType} {tensor.Dims}");
        var values = Values(tuned)["classes"].ToFloat32().Values<float>().ToArray();
        Assert.IsLessThan(0.6f * first, values.Average(value => (value - 0.5f) * (value - 0.5f)), "what is saved");
    }

    // Scales 0.03, 0.06, 0.09 in turn: the median one is 0.06; kept channels bring theirs.
    [TestMethod]
    public void ExtendsScalesOfChannels()
    {
        var model = Head("scales for each channel", "anchor major", 3);
        var changed = HeadReplacement.Apply(model, "classes", 4,
            options: new() { Kept = new Dictionary<int, int> { [0] = 2, [3] = 0 } });
        CollectionAssert.AreEqual(new[] { 3, 2, 2, 1, 3, 2, 2, 1 }.Select(times => times * 0.03f).ToArray(),
            changed.Initializers["wc/s"].ToTensor().Values<float>().ToArray());
        Assert.AreEqual(new TensorShape(8), changed.Initializers["wc/z"].ToTensor().Shape);
        Assert.AreEqual(model.Initializers["wb/s"], changed.Initializers["wb/s"]);
        var (old, now) = (model.Initializers["wc"].ToTensor(), changed.Initializers["wc"].ToTensor());
        CollectionAssert.AreEqual(old.Data[6..9], now.Data[..3]);
    }

    [TestMethod]
    public void LeavesSharedVectorsToTheOthers()
    {
        var model = Head("scales for each channel", "anchor major", 4);
        foreach (var node in model.Proto.Graph.Node.Where(node => node.Input.Contains("wb/z")))
            node.Input[2] = "wc/z";
        var changed = HeadReplacement.Apply(model, "classes", 6);
        Assert.AreEqual(new TensorShape(8), changed.Initializers["wc/z"].ToTensor().Shape);
        CollectionAssert.AreEqual(Values(model)["boxes"].Data, Values(changed)["boxes"].Data);
    }

    [TestMethod]
    public void SaysWhereAWeightIsComputed()
    {
        var model = SmallHeads.AnchorMajor(3);
        var conv = model.Proto.Graph.Node.First(node => node.Input.Contains("wc"));
        conv.Input[1] = "twice";
        model.Proto.Graph.Node.Insert(0, HandMade.Node("Add", ["wc", "wc"], ["twice"]));
        var error = Assert.ThrowsExactly<ModelException>(() => HeadReplacement.Apply(model, "classes", 5));
        StringAssert.Contains(error.Message, "'twice' of the class head is not stored");
    }

    private static OnnxModel Head(string form, string layout, int classes)
    {
        var model = Layouts[layout](classes);
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "classes" });
        return Forms[form](model);
    }

    private static Dictionary<string, Tensor> Values(OnnxModel model)
    {
        var type = (ElementType)model.Inputs[0].Type.TensorType.ElemType;
        var picture = FloatTensors.FromFloat32(Picture.Shape, Picture.Values<float>(), type);
        return model.OutputNames.Zip(OnnxRun.Once(model, ("x0", picture)))
            .ToDictionary(at => at.First, at => at.Second);
    }

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads) =>
        new() { ["error"] = Op.ReduceMean(Op.Pow(heads[0] - 0.5f, 2), keep: false) };
}
