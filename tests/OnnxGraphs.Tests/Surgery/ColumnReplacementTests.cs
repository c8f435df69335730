using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Other classes in maps whose channels are a table, wherever the classes stand in it.</summary>
[TestClass]
public sealed class ColumnReplacementTests
{
    private const int Side = 4;
    private readonly RandomTensors _random = new();

    // Two anchors of two numbers, three classes and four more numbers: all but the classes keep their values.
    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    public void Columns_on_both_sides_of_the_classes_stay(int classes)
    {
        var model = Rows(Conv(18), 9);
        var changed = Replace(model, new("map", 9, 2, 3), classes);
        var (before, after) = (Run(model), Run(changed));
        Assert.AreEqual(new TensorShape(1, 2 * Side * Side, 6 + classes), after.Shape);
        CollectionAssert.AreEqual(Columns(before, 9, 0, 2), Columns(after, 6 + classes, 0, 2));
        CollectionAssert.AreEqual(Columns(before, 9, 5, 4), Columns(after, 6 + classes, 2 + classes, 4));
    }

    // Kept: new class 0 goes on from old class 2.
    [TestMethod]
    public void A_kept_class_moves_with_its_weights()
    {
        var model = Rows(Conv(18), 9);
        var changed = Replace(model, new("map", 9, 2, 3), 4, new Dictionary<int, int> { [0] = 2 });
        CollectionAssert.AreEqual(Columns(Run(model), 9, 4, 1), Columns(Run(changed), 10, 2, 1));
    }

    // A depthwise layer mixes no channels: the layer before it is the one that learns other classes.
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void A_depthwise_layer_at_the_end_is_widened_with_the_one_before(int from)
    {
        var model = Rows(
            ([Node("Conv", ["x0", "w"], ["point"]), Node("Conv", ["point", "d", "db"], ["map"], ("group", from),
                ("pads", new long[] { 1, 1, 1, 1 }))],
            [("w", _random.Normal(from, 3, 1, 1)), ("d", _random.Normal(from, 1, 3, 3)),
                ("db", _random.Normal(from))]), from);
        var changed = Replace(model, new("map", from, 0, from), 4);
        Assert.AreEqual(new TensorShape(1, Side * Side, 4), Run(changed).Shape);
        var layers = changed.Proto.Graph.Node.Where(node => node.OpType == "Conv").ToList();
        CollectionAssert.AreEqual(new long[] { 4, 3, 1, 1 }, changed.Initializers[layers[0].Input[1]].Dims.ToArray());
        CollectionAssert.AreEqual(new long[] { 4, 1, 3, 3 }, changed.Initializers[layers[1].Input[1]].Dims.ToArray());
        Assert.AreEqual(4, layers[1].Attribute.Single(attribute => attribute.Name == "group").I);
    }

    // Three anchors share the classes: the join is [12 box numbers, 3 objectness, classes].
    [TestMethod]
    [DataRow(1, 4)]
    [DataRow(5, 2)]
    public void Classes_that_anchors_share_change_alone(int from, int to)
    {
        var model = Model(13, [_random.Normal(1, 3, Side, Side)],
        [
            Node("Conv", ["x0", "wb"], ["boxes"]), Node("Conv", ["x0", "w"], ["map"]),
            Node("Softmax", ["map"], ["p"], ("axis", 1)), Node("Concat", ["boxes", "p"], ["y"], ("axis", 1)),
        ], ("wb", _random.Normal(15, 3, 1, 1)), ("w", _random.Normal(from, 3, 1, 1)));
        var (before, after) = (Run(model), Run(Replace(model, new("map", from, 0, from), to)));
        Assert.AreEqual(new TensorShape(1, 15 + to, Side, Side), after.Shape);
        CollectionAssert.AreEqual(before.Values<float>()[..(15 * Side * Side)].ToArray(),
            after.Values<float>()[..(15 * Side * Side)].ToArray());
    }

    [TestMethod]
    public void Channels_that_are_no_table_are_refused()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => Replace(Rows(Conv(18), 9), new("map", 7, 2, 3), 2));
        StringAssert.Contains(error.Message, "18 channels, expected a multiple of 7");
    }

    private (NodeProto[], (string, Tensor)[]) Conv(int channels) => ([Node("Conv", ["x0", "w", "b"], ["map"])],
        [("w", _random.Normal(channels, 3, 1, 1)), ("b", _random.Normal(channels))]);

    private OnnxModel Rows((NodeProto[] Nodes, (string Name, Tensor Value)[] Stored) layers, int columns) => Model(13,
        [_random.Normal(1, 3, Side, Side)],
        [
            .. layers.Nodes, Node("Transpose", ["map"], ["last"], ("perm", new long[] { 0, 2, 3, 1 })),
            Node("Reshape", ["last", "target"]),
        ], [.. layers.Stored, ("target", Tensor.Vector<long>(1, -1, columns))]);

    private static OnnxModel Replace(
        OnnxModel model, MapColumns map, int classes, IReadOnlyDictionary<int, int>? kept = null) =>
        ColumnReplacement.Apply(model, [map], classes, new Dictionary<string, TensorShape>(),
            new() { Kept = kept ?? new Dictionary<int, int>() });

    private static Tensor Run(OnnxModel model) =>
        OnnxRun.Once(model, ("x0", new RandomTensors(5).Normal(1, 3, Side, Side)))[0];

    private static float[] Columns(Tensor rows, int columns, int first, int count) =>
        [.. rows.Values<float>().ToArray().Where((_, i) => i % columns >= first && i % columns < first + count)];
}
