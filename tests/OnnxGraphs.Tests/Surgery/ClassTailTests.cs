using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Tails that count classes, with another number of them.</summary>
[TestClass]
public sealed class ClassTailTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(6)]
    public void AnUnrolledLoopGetsAPassForEachClass(int classes)
    {
        var model = HeadReplacement.Apply(Unrolled(), "classes", classes);
        var labels = SmallHeads.Value(model, "labels").Values<long>().ToArray();
        CollectionAssert.AreEqual(
            Enumerable.Range(1, classes - 1)
                .SelectMany(label => Enumerable.Repeat((long)label, SmallHeads.Rows)).ToArray(),
            labels);
        var (scores, all) = (SmallHeads.Value(model, "scores").Values<float>().ToArray(),
            SmallHeads.Value(model, "by_class").Values<float>().ToArray());
        for (var label = 1; label < classes; label++)
            for (var row = 0; row < SmallHeads.Rows; row++)
                Assert.AreEqual(2 * scores[row * classes + label], all[(label - 1) * SmallHeads.Rows + row], 1e-6);
    }

    [TestMethod]
    public void PassesThatDifferAreRefused()
    {
        var model = Unrolled();
        var graph = model.Proto.Graph;
        graph.Node.Single(node => node.Output[0] == "twice2").OpType = "Add";
        var error = Assert.ThrowsExactly<ModelException>(() => HeadReplacement.Apply(model, "classes", 5));
        StringAssert.Contains(error.Message, "loops over the classes");
        // Fewer classes copy nothing.
        var fewer = HeadReplacement.Apply(model, "classes", 2);
        Assert.AreEqual(SmallHeads.Rows, SmallHeads.Value(fewer, "labels").Shape.Size);
    }

    // torchvision's RetinaNet: the best of places times classes, told apart by Div and Mod.
    [TestMethod]
    public void DivisorsFollow()
    {
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(3),
        [
            Node("Reshape", ["scores", "flat"], ["row"]), Node("TopK", ["row", "ten"], ["best", "index"]),
            Node("Mod", ["index", "three"], ["label"]), Node("Div", ["index", "three"], ["place"]),
            Node("Identity", ["label"], ["labels"]), Node("Identity", ["place"], ["places"]),
        ], ("flat", Tensor.Vector<long>(-1)), ("ten", Tensor.Vector<long>(10)), ("three", Tensor.Vector<long>(3)));
        var wide = HeadReplacement.Apply(model, "classes", 5);
        var (index, labels, places) = (SmallHeads.Value(wide, "index").ToInt64(),
            SmallHeads.Value(wide, "labels").ToInt64(), SmallHeads.Value(wide, "places").ToInt64());
        CollectionAssert.AreEqual(index.Select(i => i % 5).ToArray(), labels);
        CollectionAssert.AreEqual(index.Select(i => i / 5).ToArray(), places);
    }

    // For each class but the first: its column, doubled, and as many labels; joined at the end.
    private static OnnxModel Unrolled()
    {
        int[] labels = [1, 2, 3];
        return SmallHeads.WithTail(SmallHeads.ClassMajor(4),
        [
            .. labels.SelectMany(label => (NodeProto[])
            [
                Node("Gather", ["scores", $"index{label}"], [$"column{label}"], ("axis", 2)),
                Node("Mul", [$"column{label}", "two"], [$"twice{label}"]),
                Node("Shape", [$"twice{label}"], [$"size{label}"]),
                Node("ConstantOfShape", [$"size{label}"], [$"label{label}"], ("value", Tensor.Vector<long>(label))),
            ]),
            Node("Concat", [.. labels.Select(label => $"twice{label}")], ["by_class"], ("axis", 1)),
            Node("Concat", [.. labels.Select(label => $"label{label}")], ["labels"], ("axis", 1)),
        ], [("two", Tensor.Scalar(ElementType.Float32, 2)),
            .. labels.Select(label => ($"index{label}", Tensor.Scalar(ElementType.Int64, label)))]);
    }
}
