using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>What becomes of the last maps of a model: activation, rows, and whether the file decodes them.</summary>
[TestClass]
public sealed class HeadPiecesTests
{
    private const int Side = 4;

    [TestMethod]
    public void Rows_tell_the_columns_and_the_activation()
    {
        var piece = Of(6,
        [
            Node("Transpose", ["map"], ["last"], ("perm", new long[] { 0, 2, 3, 1 })),
            Node("Reshape", ["last", "target"], ["rows"]), Node("Sigmoid", ["rows"], ["scores"]),
        ], ("target", Tensor.Vector<long>(1, -1, 3))).Single();
        Assert.AreEqual(("map", 6, 3, "Sigmoid"), (piece.Map, piece.Channels, piece.Columns, piece.Activation));
        Assert.IsFalse(piece.Decoded);
        CollectionAssert.AreEqual(new[] { "map", "last", "rows", "scores" }, piece.Names.ToArray());
    }

    [TestMethod]
    public void A_map_that_stays_a_map_has_no_columns()
    {
        var piece = Of(6, [Node("Softmax", ["map"], ["scores"], ("axis", 1))]).Single();
        Assert.IsNull(piece.Columns);
        Assert.AreEqual(("Softmax", Side, Side), (piece.Activation, piece.Width, piece.Height));
    }

    [TestMethod]
    public void Channels_that_part_are_pieces_of_their_own()
    {
        var pieces = Of(6,
        [
            Node("Split", ["map", "sizes"], ["a", "b"], ("axis", 1)), Node("Sigmoid", ["a"], ["p"]),
            Node("Concat", ["p", "b"], ["all"], ("axis", 1)),
        ], ("sizes", Tensor.Vector<long>(2, 4)));
        CollectionAssert.AreEqual(new[] { (0, 2, "Sigmoid"), (2, 4, (string?)null) },
            pieces.Select(piece => (piece.First, piece.Channels, piece.Activation)).ToArray());
    }

    // A scale or a ReLU on distances is part of what the numbers are; a grid that is added decodes them.
    [TestMethod]
    public void A_scale_belongs_to_the_map_and_a_grid_decodes_it()
    {
        var scaled = Of(4, [Node("Mul", ["map", "scale"], ["scaled"]), Node("Relu", ["scaled"], ["sides"])],
            ("scale", Tensor.Vector<float>(2f))).Single();
        Assert.AreEqual(("sides", false), (scaled.Map, scaled.Decoded));
        var decoded = Of(4, [Node("Add", ["map", "grid"], ["boxes"])],
            ("grid", new RandomTensors().Normal(1, 4, Side, Side))).Single();
        Assert.AreEqual(("map", true), (decoded.Map, decoded.Decoded));
    }

    private static IReadOnlyList<HeadPiece> Of(
        int channels, NodeProto[] nodes, params (string Name, Tensor Value)[] stored)
    {
        var random = new RandomTensors();
        return HeadPieces.Of(Model(13, [random.Normal(1, 3, Side, Side)],
            [Node("Conv", ["x0", "w"], ["map"]), .. nodes],
            [("w", random.Normal(channels, 3, 1, 1)), .. stored]), new Dictionary<string, TensorShape>());
    }
}
