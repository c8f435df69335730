using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>A batch of one that exporters write into a file: two pictures then give what each gives alone.</summary>
[TestClass]
public sealed class BatchAxisTests
{
    private readonly RandomTensors _random = new();

    // ShuffleNet's shuffle: [1, 8, 4, 4] as [2, 4, 4, 4] of groups and back.
    [TestMethod]
    public void A_shuffle_of_channels() => Check(
    [
        Node("Reshape", ["x0", "groups"], ["g"]),
        Node("Transpose", ["g"], ["t"], ("perm", new long[] { 0, 2, 1, 3, 4 })),
        Node("Reshape", ["t", "back"]),
    ], ("groups", Tensor.Vector<long>(1, 2, 4, 4, 4)), ("back", Tensor.Vector<long>(1, 8, 4, 4)));

    // The same with the batch in front of the groups: [1, 8, 4, 4] as [4, 2, 16], turned to [2, 4, 16].
    [TestMethod]
    public void A_shuffle_that_merges_the_batch_into_the_groups() => Check(
    [
        Node("Reshape", ["x0", "groups"], ["g"]), Node("Transpose", ["g"], ["t"], ("perm", new long[] { 1, 0, 2 })),
        Node("Reshape", ["t", "halves"], ["h"]), Node("Gather", ["h", "zero"], ["half"], ("axis", 0)),
        Node("Relu", ["half"]),
    ], ("groups", Tensor.Vector<long>(4, 2, 16)), ("halves", Tensor.Vector<long>(2, 1, 4, 4, 4)),
        ("zero", Tensor.Scalar(ElementType.Int64, 0)));

    // Exporters of parts in turn compute one target of constants, beside others of shapes.
    [TestMethod]
    public void A_target_that_is_computed_of_constants() => Check(
    [
        Node("Concat", ["one", "rest"], ["target"], ("axis", 0)), Node("Reshape", ["x0", "target"], ["rows"]),
        Node("Relu", ["rows"]),
    ], ("one", Tensor.Vector<long>(1)), ("rest", Tensor.Vector<long>(-1, 4)));

    [TestMethod]
    public void Sizes_of_a_resize() => Check(
        [Node("Resize", ["x0", "", "", "sizes"], ["y"], ("mode", "nearest"))],
        ("sizes", Tensor.Vector<long>(1, 8, 8, 8)));

    [TestMethod]
    public void A_constant_that_is_joined_is_repeated() => Check([Node("Concat", ["x0", "grid"], ["y"], ("axis", 1))],
        ("grid", new RandomTensors(2).Normal(1, 2, 4, 4)));

    [TestMethod]
    public void A_file_of_open_batch_stays_itself()
    {
        var model = Model(13, [_random.Normal(1, 8, 4, 4)], [Node("Relu", ["x0"])]);
        Assert.AreSame(model, BatchAxis.Open(model, "x0", ["y"]));
    }

    // A softmax over all that the one picture has would run over both pictures.
    [TestMethod]
    public void What_mixes_pictures_is_refused()
    {
        var model = Model(13, [_random.Normal(1, 8, 4, 4)],
            [Node("Reshape", ["x0", "flat"], ["f"]), Node("Softmax", ["f"], ["p"], ("axis", 0)), Node("Relu", ["p"])],
            ("flat", Tensor.Vector<long>(8, 16)));
        var error = Assert.ThrowsExactly<ModelException>(() => BatchAxis.Open(model, "x0", ["y"]));
        StringAssert.Contains(error.Message, "a batch of one picture is built into the file before 'y'");
        StringAssert.Contains(error.Message, "--batch 1");
    }

    private void Check(NodeProto[] nodes, params (string Name, Tensor Value)[] stored)
    {
        var (first, second) = (_random.Normal(1, 8, 4, 4), _random.Normal(1, 8, 4, 4));
        var model = Model(13, [first], nodes, stored);
        var opened = BatchAxis.Open(model, "x0", ["y"]);
        float[] both = [.. first.Values<float>(), .. second.Values<float>()];
        var pictures = new Dictionary<string, Tensor> { ["x0"] = Tensor.Of<float>(new(2, 8, 4, 4), both) };
        var batch = Subgraph.Run(opened, pictures, ["y"])["y"];
        float[] alone = [.. OnnxRun.Once(model, ("x0", first))[0].Values<float>(),
            .. OnnxRun.Once(model, ("x0", second))[0].Values<float>()];
        CollectionAssert.AreEqual(alone, batch.Values<float>().ToArray());
    }
}
