using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Numbers that are taken from one place of each row, and added there, as part of fused chains.</summary>
[TestClass]
public class RowPlaceTests
{
    [TestMethod]
    [DataRow(2, 30, 7)]
    [DataRow(1, 500, 80)]
    [DataRow(3, 700, 2)]
    [DataRow(1, 3, 5000)]
    public void OneNumberOfEachRowIsTakenAndAdded(int images, int rows, int columns)
    {
        var kernels = BothForms.Compare(x =>
        {
            var own = GatherElements(x[0], x[1], 2);
            var mean = ReduceMean(Sigmoid(x[0]) * x[2], [2]);
            var corrected = ScatterElements(Sigmoid(x[0]) * x[2], x[1], Sigmoid(-own) * own, 2, "add");
            return corrected * (mean + Sigmoid(own));
        }, 2e-5f, new RandomTensors(1).Normal(images, rows, columns), Places(images, rows, columns),
            new RandomTensors(2).Normal(images, rows, 1));
        CollectionAssert.AreEquivalent(new[] { "Elementwise" }, kernels.Distinct().ToArray());
    }

    [TestMethod]
    public void BothAreFusedWithWhatComputesAndReadsThem()
    {
        var graph = new Graph();
        var (x, places) = (graph.Input("x", 300, 20), graph.Input("places", ElementType.Int64, new(300, 1)));
        var own = GatherElements(x, places, 1);
        Var[] outputs =
        [
            graph.Output("own", Exp(own) - own),
            graph.Output("sum", ScatterElements(Exp(x) * 2f, places, Exp(own) - own, 1, "add")),
            graph.Output("dense", ReduceSum(Exp(x) * 2f, [1])),
        ];
        (string, Tensor)[] feeds =
            [("x", new RandomTensors(1).Normal(300, 20)), ("places", Places(1, 300, 20).Reshape(new(300, 1)))];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        Assert.HasCount(2, kernels);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-5f, outputs[i].Name);
    }

    [TestMethod]
    [DataRow(20L)]
    [DataRow(-21L)]
    public void APlaceOutsideOfItsRowIsRefused(long place)
    {
        var graph = new Graph();
        var (x, places) = (graph.Input("x", 3, 20), graph.Input("places", ElementType.Int64, new(3, 1)));
        var y = graph.Output("y", Exp(GatherElements(x, places, 1)) * 2f);
        Assert.ThrowsExactly<OnnxRuntimeException>(() => BothForms.Run([y], Device.Cpu,
            ("x", new RandomTensors(1).Normal(3, 20)), ("places", Tensor.Of<long>(new(3, 1), [0, place, 1]))));
    }

    // Some are negative: they count from the end of the row.
    private static Tensor Places(int images, int rows, int columns)
    {
        var random = new Random(3);
        return Tensor.Of<long>(new(images, rows, 1),
            [.. Enumerable.Range(0, images * rows).Select(_ => random.NextInt64(-columns, columns))]);
    }
}
