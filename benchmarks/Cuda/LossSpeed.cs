using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace Benchmarks.Cuda;

/// <summary>
/// Focal loss with its gradient as a part of what the memory allows: bytes of each input read once and of the gradient
/// written once, over the time, beside a copy.
/// </summary>
internal static class LossSpeed
{
    public static void Run(Kit kit, Report report)
    {
        var bandwidth = Copy(kit);
        var (images, anchors, classes) = kit.Small ? (2, 3069, 20) : (16, 76725, 80);
        var graph = new Graph();
        var x = graph.Input("x", images, anchors, classes);
        var numbers = graph.Input("classes", ElementType.Int64, new(images, anchors));
        var loss = Op.SumAll(new FocalLoss().PerAnchor(x, numbers));
        var gradient = Gradient.Of(loss, [x])[0];
        var random = new Random(1);
        var feeds = new Dictionary<string, Tensor>
        {
            ["x"] = Tensor.Of<float>(x.Shape, RandomData.Normal(x.Shape.Size, 1)),
            ["classes"] = Tensor.Of<long>(numbers.Shape, [.. Enumerable.Range(0, images * anchors).Select(_ =>
                random.Next(1000) switch { < 4 => random.NextInt64(classes), < 10 => -2L, _ => -1L })]),
        };
        using var session = new Session([graph.Output("loss", loss), graph.Output("gradient", gradient)], feeds, kit.Exact);
        var time = Watch.Median(kit.Repeats, session.Run);
        var rate = (2 * 4 * x.Shape.Size + 8 * numbers.Shape.Size) / time / 1e6;
        report.Columns("what", "time, ms", "GB/s", "part of a copy");
        report.Row(["copy", "", $"{bandwidth:f0}", "1.00"]);
        report.Row([$"focal loss and gradient, [{images}, {anchors}, {classes}]", $"{time:f3}", $"{rate:f0}",
            $"{rate / bandwidth:f2}"]);
    }

    // Reads and writes counted.
    private static double Copy(Kit kit)
    {
        var size = kit.Small ? 1L << 22 : 1L << 27;
        var graph = new Graph();
        var y = graph.Output("y", graph.Input("x", size));
        using var session = new Session([y],
            new Dictionary<string, Tensor> { ["x"] = Tensor.Of<float>(new(size), new float[size]) }, kit.Exact);
        return 2 * 4 * size / Watch.Median(kit.Repeats, session.Run) / 1e6;
    }
}
