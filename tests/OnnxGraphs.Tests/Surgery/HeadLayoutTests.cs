using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>New class counts for heads of every layout: kept classes keep their logits, boxes stay bit for
/// bit.</summary>
[TestClass]
public sealed class HeadLayoutTests
{
    private static readonly Dictionary<string, Func<int, OnnxModel>> Layouts = new()
    {
        ["anchor major"] = SmallHeads.AnchorMajor, ["class major"] = SmallHeads.ClassMajor,
        ["five dimensions"] = SmallHeads.FiveDimensions,
        ["shared levels"] = SmallHeads.SharedLevels, ["Gemm"] = classes => SmallHeads.Dense(classes, "Gemm"),
        ["Gemm without bias"] = classes => SmallHeads.Dense(classes, "Gemm, no bias"),
        ["MatMul"] = classes => SmallHeads.Dense(classes, "MatMul"),
    };

    public static IEnumerable<object[]> Cases =>
        from layout in Layouts.Keys
        from counts in new[] { (From: 3, To: 5), (From: 3, To: 2), (From: 3, To: 1), (From: 2, To: 7) }
        select new object[] { layout, counts.From, counts.To };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TakesANewCount(string layout, int from, int to) => Check(Layouts[layout](from), from, to);

    // A single class leaves no trace of the class axis in the labels: it is found from the raw value's last axis back.
    [TestMethod]
    [DataRow("anchor major")]
    [DataRow("class major")]
    [DataRow("five dimensions")]
    [DataRow("shared levels")]
    [DataRow("Gemm")]
    public void TakesSeveralClassesForOne(string layout) =>
        Check(Layouts[layout](1), 1, 4, kept: layout != "class major");

    [TestMethod]
    public void RefusesToKeepTheOneClassOfAClassMajorHead()
    {
        var options = new HeadReplacementOptions { Kept = new Dictionary<int, int> { [1] = 0 } };
        var error = Assert.ThrowsExactly<ModelException>(
            () => HeadReplacement.Apply(SmallHeads.ClassMajor(1), "classes", 4, options: options));
        StringAssert.Contains(error.Message, "class by class");
    }

    [TestMethod]
    public void LeavesASharedTargetShapeToTheBoxes() => Check(SmallHeads.SharedShape(), 4, 2);

    [TestMethod]
    public void TakesOldFilesThatListWeightsAsInputs()
    {
        var model = SmallHeads.AnchorMajor(3);
        model.Proto.IrVersion = 3;
        model.Proto.OpsetImport[0].Version = 9;
        foreach (var tensor in model.Proto.Graph.Initializer)
            model.Proto.Graph.Input.Add(Declared(tensor));
        var changed = Check(model, 3, 5);
        var input = changed.Proto.Graph.Input.Single(i => i.Name == "wc");
        Assert.AreEqual(SmallHeads.Anchors * 5L, input.Type.TensorType.Shape.Dim[0].DimValue);
        Assert.HasCount(1, changed.Inputs);
    }

    [TestMethod]
    public void SaysWhereTheTailDoesNotTakeTheCount()
    {
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(3), [Node("Mul", ["scores", "by_class"], ["weighted"])],
            ("by_class", Tensor.Vector<float>(1, 2, 3)));
        var error = Assert.ThrowsExactly<ModelException>(() => HeadReplacement.Apply(model, "classes", 5));
        StringAssert.Contains(error.Message, "does not work with 5 classes");
        StringAssert.Contains(error.Message, "cut the model there");
    }

    [TestMethod]
    public void SaysWhereAChannelServesSeveralClasses()
    {
        // Flat scores read as two classes a row: a channel's places lie in both columns.
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(3), [Node("Reshape", ["c", "odd"], ["wrong"])],
            ("odd", Tensor.Vector<long>(1, -1, 2)));
        var error = Assert.ThrowsExactly<ModelException>(() => HeadReplacement.Apply(model, "wrong", 5));
        StringAssert.Contains(error.Message, "several classes");
    }

    [TestMethod]
    public void SaysWhereTheRawValueIsNoList()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => HeadReplacement.Apply(SmallHeads.AnchorMajor(3), "c", 5));
        StringAssert.Contains(error.Message, "[batch, anchors, classes]");
    }

    [TestMethod]
    [DataRow("ultraface/version-RFB-320.onnx", "scores", "boxes", 4)]
    [DataRow("ultraface/version-RFB-320_without_postprocessing.onnx", "scores", "boxes", 4)]
    [DataRow("ssdlite320_mobilenet_v3_large_c4.onnx", "cls_logits", "bbox_regression", 7)]
    public void TakesRealModels(string file, string scores, string boxes, int classes)
    {
        var model = OnnxModel.Load(SharedFolder.Require(["models", .. file.Split('/')]));
        var (raw, input) = (HeadCut.Find(model, scores), model.Inputs.Single());
        TensorShape shape = input.Name == "images" ? new(1, 3, 320, 320) : new(1, 3, 240, 320);
        var picture = new RandomTensors().Uniform(-1, 1, shape.ToArray());
        var images = new Dictionary<string, Tensor> { [input.Name] = picture };
        var kept = new Dictionary<int, int> { [classes - 1] = 1 };
        var changed = HeadReplacement.Apply(model, raw, classes,
            new Dictionary<string, TensorShape> { [input.Name] = shape }, new() { Kept = kept });
        var (before, after) = (Subgraph.Run(model, images, [raw, boxes]),
            Subgraph.Run(changed, images, [raw, scores, boxes]));
        CollectionAssert.AreEqual(before[boxes].Data, after[boxes].Data);
        Assert.AreEqual(before[raw].Shape.With(2, classes), after[raw].Shape);
        Assert.AreEqual(after[raw].Shape, after[scores].Shape);
        Compare(before[raw], after[raw], kept);
    }

    private static OnnxModel Check(OnnxModel model, int from, int to, bool kept = true)
    {
        var before = model.ToBytes();
        var map = kept ? new Dictionary<int, int> { [to - 1] = 0 } : [];
        var changed = HeadReplacement.Apply(model, "classes", to, options: new() { Kept = map });
        CollectionAssert.AreEqual(before, model.ToBytes(), "the original changed");
        var (old, now) = (SmallHeads.Value(model, "classes"), SmallHeads.Value(changed, "classes"));
        Assert.AreEqual(old.Shape.With(2, to), now.Shape);
        Assert.AreEqual(now.Shape, SmallHeads.Value(changed, "scores").Shape);
        CollectionAssert.AreEqual(SmallHeads.Value(model, "boxes").Data, SmallHeads.Value(changed, "boxes").Data);
        Compare(old, now, map);
        return changed;
    }

    private static void Compare(Tensor old, Tensor now, Dictionary<int, int> kept)
    {
        var (before, after) = (old.Values<float>().ToArray(), now.Values<float>().ToArray());
        var (from, to) = ((int)old.Shape[-1], (int)now.Shape[-1]);
        for (var row = 0; row < before.Length / from; row++)
            foreach (var (mine, theirs) in kept)
                Assert.AreEqual(before[row * from + theirs], after[row * to + mine],
                    1e-5f * (1 + Math.Abs(before[row * from + theirs])), $"row {row}");
    }

    private static ValueInfoProto Declared(TensorProto tensor)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(tensor.Dims.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return new() { Name = tensor.Name,
            Type = new() { TensorType = new() { ElemType = tensor.DataType, Shape = shape } } };
    }
}
