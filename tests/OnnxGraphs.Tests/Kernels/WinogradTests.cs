using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Dense 3 x 3 convolutions in Winograd's form against ONNX Runtime's operators.</summary>
[TestClass]
public class WinogradTests
{
    // Maps that tiles of 4 x 4 and 5 x 5 do and do not cut evenly, channels that vectors do and do not.
    [TestMethod]
    [DataRow(1, 16, 16, 20, 20, 1)]
    [DataRow(2, 24, 16, 9, 25, 1)]
    [DataRow(2, 70, 36, 15, 10, 2)]
    [DataRow(1, 16, 16, 16, 16, 1)]
    [DataRow(2, 16, 24, 12, 10, 1)]
    [DataRow(3, 17, 33, 9, 11, 1)]
    [DataRow(5, 20, 65, 7, 6, 1)]
    [DataRow(4, 37, 18, 5, 5, 1)]
    [DataRow(2, 16, 16, 1, 40, 1)]
    [DataRow(2, 31, 32, 15, 14, 0)]
    [DataRow(2, 32, 31, 13, 17, 2)]
    [DataRow(1, 19, 48, 30, 130, 1)]
    [DataRow(1, 300, 40, 13, 14, 1)]
    [DataRow(1, 40, 300, 14, 13, 1)]
    [DataRow(16, 16, 16, 1, 1, 2)]
    // Far more channels than tiles.
    [DataRow(4, 70, 40, 8, 7, 1)]
    [DataRow(1, 49, 97, 13, 14, 1)]
    [DataRow(4, 96, 64, 10, 10, 0)]
    [DataRow(2, 530, 47, 9, 10, 1)]
    [DataRow(2, 47, 530, 10, 9, 1)]
    public void EqualsTheOperators(int images, int channels, int filters, int height, int width, int pad) =>
        Compare(images, channels, filters, height, width, [pad, pad, pad, pad]);

    [TestMethod]
    [DataRow(0, 1, 2, 1)]
    [DataRow(2, 0, 0, 2)]
    [DataRow(1, 0, 1, 0)]
    [DataRow(3, 1, 0, 4)]
    public void PadsUnevenly(int top, int left, int bottom, int right) =>
        Compare(2, 18, 20, 13, 12, [top, left, bottom, right]);

    // More than one block of strips in both kernels.
    [TestMethod]
    [DataRow(92, 124)]
    [DataRow(90, 122)]
    public void GoesThroughLargeMapsInBlocks(int height, int width) => Compare(2, 64, 48, height, width, [1, 1, 1, 1]);

    [TestMethod]
    public void WorksWithoutBias()
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], null, 1, 1), 1e-4f, random.Normal(2, 16, 16, 16),
            random.Normal(16, 16, 3, 3));
        CollectionAssert.Contains(kernels.ToArray(), "WinogradConv");
    }

    [TestMethod]
    [DataRow(2, 15, 16, 16, 16, 3, 1)]
    [DataRow(2, 16, 15, 16, 16, 3, 1)]
    [DataRow(1, 16, 16, 12, 12, 3, 1)]
    [DataRow(2, 16, 16, 16, 16, 5, 1)]
    [DataRow(2, 16, 16, 32, 32, 3, 2)]
    public void LeavesOthersAlone(int images, int channels, int filters, int height, int width, int size, int stride)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], null, stride, size / 2), 1e-4f,
            random.Normal(images, channels, height, width), random.Normal(filters, channels, size, size));
        CollectionAssert.Contains(kernels.ToArray(), "ConvWeightGradient");
        Assert.IsFalse(kernels.Any(kernel => kernel.StartsWith("Winograd", StringComparison.Ordinal)));
    }

    // Winograd's form rounds more, by the growth of numbers in its maps: the largest error is about four times as large with
    // tiles of 4 x 4, eight times with tiles of 5 x 5.
    [TestMethod]
    [DataRow(16, 6)]
    [DataRow(20, 10)]
    public void RoundsLittleMoreThanTheDirectForm(int size, int times)
    {
        const int channels = 64, filters = 48;
        var random = new RandomTensors(4);
        Tensor x = random.Normal(1, channels, size, size), w = random.Normal(filters, channels, 3, 3);
        var dy = random.Normal(1, filters, size, size);
        var graph = new Graph();
        Var[] given = [graph.Input("x", x.Shape.ToArray()), graph.Input("w", w.Shape.ToArray()),
            graph.Input("dy", dy.Shape.ToArray())];
        var y = Op.Conv(given[0], given[1], null, 1, 1);
        var gradients = Gradient.Of(Op.SumAll(y * given[2]), given[..2]);
        Var[] outputs = [graph.Output("y", y), graph.Output("dx", gradients[0]), graph.Output("dw", gradients[1])];
        (string, Tensor)[] feeds = [("x", x), ("w", w), ("dy", dy)];
        var exact = Exact(x.Values<float>(), w.Values<float>(), dy.Values<float>(), channels, filters, size);
        var direct = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds).Values;
        var (mapped, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        Assert.HasCount(3, kernels);
        for (var i = 0; i < outputs.Length; i++)
            Assert.IsLessThan(times * Error(direct[i], exact[i]), Error(mapped[i], exact[i]), outputs[i].Name);
    }

    [TestMethod]
    public void ThreadsDoNotChangeResults()
    {
        var random = new RandomTensors(6);
        var graph = new Graph();
        Var x = graph.Input("x", 3, 40, 30, 26), w = graph.Input("w", 50, 40, 3, 3);
        var y = Op.Conv(x, w, null, 1, 1);
        var gradients = Gradient.Of(Op.SumAll(y * y), [x, w]);
        Var[] outputs = [graph.Output("y", y), graph.Output("dx", gradients[0]), graph.Output("dw", gradients[1])];
        (string, Tensor)[] feeds = [("x", random.Normal(3, 40, 30, 26)), ("w", random.Normal(50, 40, 3, 3))];
        var runs = new[] { 1, 2, 3 }.Select(threads =>
        {
            using var session = GraphSession.Open(outputs, null, Device.Cpu,
                options => options.IntraOpNumThreads = threads);
            return OnnxRun.Of(session.Session, feeds).Select(value => value.Data).ToList();
        }).ToList();
        foreach (var run in runs.Skip(1))
            for (var i = 0; i < outputs.Length; i++)
                CollectionAssert.AreEqual(runs[0][i], run[i], outputs[i].Name);
    }

    // y, dx and dw of one image with padding 1, in float64.
    private static double[][] Exact(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> dy, int channels,
        int filters, int size)
    {
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[w.Length];
        for (var k = 0; k < filters; k++)
            for (var c = 0; c < channels; c++)
                for (var tap = 0; tap < 9; tap++)
                    for (var place = 0; place < size * size; place++)
                    {
                        var (row, column) = (place / size + tap / 3 - 1, place % size + tap % 3 - 1);
                        if (row < 0 || row >= size || column < 0 || column >= size)
                            continue;
                        var (output, input) = (k * size * size + place, (c * size + row) * size + column);
                        var weight = (k * channels + c) * 9 + tap;
                        y[output] += (double)w[weight] * x[input];
                        dx[input] += (double)w[weight] * dy[output];
                        dw[weight] += (double)dy[output] * x[input];
                    }
        return [y, dx, dw];
    }

    // Root mean square of the differences.
    private static double Error(Tensor found, double[] exact)
    {
        var values = found.Values<float>().ToArray();
        return Math.Sqrt(values.Zip(exact, (a, b) => (a - b) * (a - b)).Average());
    }

    private static void Compare(int images, int channels, int filters, int height, int width, long[] pads)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], x[2], [1, 1], pads, [1, 1], 1),
            (expected, found, what) => Close.AreEqualByScale(expected, found, 5e-5f, what),
            random.Normal(images, channels, height, width), random.Normal(filters, channels, 3, 3),
            random.Normal(filters));
        CollectionAssert.IsSubsetOf(
            new[] { "WinogradConv", "WinogradConvInputGradient", "WinogradConvWeightGradient" }, kernels.ToArray());
    }
}
