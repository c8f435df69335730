using Google.Protobuf;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Threads;

/// <summary>
/// Sums over repeated indices, with ones: each is the number of times that its index comes, exactly. ONNX Runtime's
/// ScatterND(add) gives less with more than one thread, another number in each run.
/// </summary>
[TestClass]
public sealed class RowSumThreadTests
{
    // The table of positions of a window of 12 x 12 (Swin), and few wide rows; numbers that come equally often and not.
    [TestMethod]
    [DataRow(529, 24, 20736, true), DataRow(529, 24, 20736, false)]
    [DataRow(10, 256, 20000, true), DataRow(10, 256, 20000, false)]
    [DataRow(3000, 1, 30000, true), DataRow(3000, 1, 30000, false)]
    public void TheGradientOfGatherCounts(int rows, int width, int count, bool known)
    {
        var indices = Indices(count, rows);
        foreach (var gather in new[] { true, false })
        {
            var graph = new Graph();
            var x = graph.Input("x", rows, width);
            var i = known ? graph.Constant("i", indices) : graph.Input("i", ElementType.Int64, indices.Shape);
            var y = gather ? Op.Gather(x, i) : Op.Apply("GatherND", [x, Op.Unsqueeze(i, 1)]);
            var upstream = graph.Input("upstream", count, width);
            Check(Gradient.Of(y, upstream, [x])[0], indices, 0, rows, width, ("i", indices),
                ("upstream", Tensor.Filled(new(count, width), 1)));
        }
    }

    [TestMethod]
    public void AFilesScatterNDCounts()
    {
        const int rows = 529, width = 24, count = 20736;
        var written = new Graph();
        var (x, i, u) = (written.Input("x", rows, width), written.Input("i", ElementType.Int64, new(count, 1)),
            written.Input("u", count, width));
        written.Output("y", Op.Apply("ScatterND", [x, i, u]));
        var model = GraphWriter.Write(written);
        model.Proto.Graph.Node.Single(node => node.OpType == "ScatterND").Attribute.Add(new AttributeProto
        {
            Name = "reduction", Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8("add"),
        });
        var graph = new Graph();
        var indices = Indices(count, rows);
        Check(GraphReader.Read(model, graph, ["y"])[0], indices, 2, rows, width, ("x", Tensor.Filled(new(rows, width), 2)),
            ("i", indices.Reshape(new(count, 1))), ("u", Tensor.Filled(new(count, width), 1)));
    }

    [TestMethod]
    public void AReductionIsNotWrittenAsScatterND()
    {
        var graph = new Graph();
        var (x, i) = (graph.Input("x", 3, 2), graph.Constant(Tensor.Of<long>(new(2, 1), [0, 0])));
        var error = Assert.ThrowsExactly<GraphException>(() =>
            Op.Apply("ScatterND", [x, i, graph.Input("u", 2, 2)], new() { { "reduction", "add" } }));
        StringAssert.Contains(error.Message, "Op.ScatterND");
    }

    // The larger of what repeats, by the same road.
    [TestMethod]
    [DataRow("max", 7f), DataRow("min", 1f), DataRow("mul", 42f)]
    public void OtherReductionsAreRight(string reduction, float expected)
    {
        var graph = new Graph();
        var y = Op.ScatterND(graph.Constant(Tensor.Of<float>(new(2, 1), [1, 9])),
            graph.Constant(Tensor.Of<long>(new(2, 1), [0, -2])), graph.Input("u", 2, 1), reduction);
        var found = OnnxRun.Once(GraphWriter.Write([y]), ("u", Tensor.Of<float>(new(2, 1), [7, 6])));
        CollectionAssert.AreEqual(new[] { expected, 9f }, found[0].Values<float>().ToArray());
    }

    private static void Check(Var sums, Tensor indices, float start, int rows, int width,
        params (string, Tensor)[] feeds)
    {
        var expected = new float[rows * width];
        expected.AsSpan().Fill(start);
        foreach (var row in indices.Values<long>())
            for (var column = 0; column < width; column++)
                expected[row * width + column]++;
        foreach (var (count, values) in ThreadSweep.Run([sums], Device.Cpu with { Kernels = false }, "sums", feeds))
            CollectionAssert.AreEqual(expected, values[0].Values<float>().ToArray(), $"{count} threads");
    }

    private static Tensor Indices(int count, int rows)
    {
        var random = new Random(1);
        return Tensor.Of<long>(new(count), [.. Enumerable.Range(0, count)
            .Select(i => i % 5 == 0 ? random.NextInt64(3) : random.NextInt64(rows))]);
    }
}
