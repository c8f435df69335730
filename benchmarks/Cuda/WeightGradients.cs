using System.Globalization;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Sessions;

namespace Benchmarks.Cuda;

/// <summary>
/// Ways to say the weight gradient of a convolution in standard operators, each beside the others; pytorch/cuda.py times
/// cuDNN's on the same shapes. x [N, C, H, W], dy [N, K, P, Q] to dw [K, C, k, k].
/// </summary>
internal static class WeightGradients
{
    private static readonly (string Name, Func<Shape, Var, Var, Var> Build)[] Candidates =
    [
        ("the rule", (s, x, dy) => Rule(s, x, dy)),
        ("slices, products by image", SliceProducts),
        ("one product, images in rows", OneProduct),
        ("3-D convolution", Spatial),
        ("swapped convolution", Swapped),
    ];

    public static void Run(Kit kit, Report report)
    {
        report.Columns(["shape, ms", .. Candidates.Select(candidate => candidate.Name), "differs by at most"]);
        foreach (var shape in Shape.Read(Path.Combine(AppContext.BaseDirectory, "shapes.csv"), kit.Small))
        {
            var feeds = new Dictionary<string, Tensor>
            {
                ["x"] = Tensor.Of<float>(shape.X, RandomData.Normal(shape.X.Size, 1)),
                ["dy"] = Tensor.Of<float>(shape.Dy, RandomData.Normal(shape.Dy.Size, 2)),
            };
            var times = Candidates.Select(candidate => Time(kit, shape, feeds, candidate.Build)).ToList();
            report.Row([shape.Name, .. times, $"{Difference(shape, feeds):0.0e0}"]);
        }
    }

    private static string Time(
        Kit kit, Shape shape, Dictionary<string, Tensor> feeds, Func<Shape, Var, Var, Var> build)
    {
        try
        {
            using var session = new Session([Graph(shape, build)], feeds, kit.Exact with { Kernels = false });
            return Watch.Median(kit.Repeats, session.Run).ToString("f3", CultureInfo.InvariantCulture);
        }
        catch (OnnxRuntimeException)
        {
            return "refused";
        }
    }

    // All forms on the processor, on one picture.
    private static double Difference(Shape shape, Dictionary<string, Tensor> feeds)
    {
        var few = shape with { Images = 1 };
        var cut = new Dictionary<string, Tensor>
        {
            ["x"] = Tensor.Of<float>(few.X, feeds["x"].Values<float>()[..(int)few.X.Size]),
            ["dy"] = Tensor.Of<float>(few.Dy, feeds["dy"].Values<float>()[..(int)few.Dy.Size]),
        };
        var all = Candidates.Select(candidate => Compute(Graph(few, candidate.Build), cut)).ToList();
        var scale = all[0].Max(Math.Abs);
        return all.Skip(1).Max(other => other.Zip(all[0], (a, b) => Math.Abs(a - b)).Max()) / scale;
    }

    private static float[] Compute(Var output, Dictionary<string, Tensor> feeds)
    {
        using var session = GraphSession.Open([output], null, Device.Cpu with { Kernels = false });
        using var options = new RunOptions();
        var inputs = feeds.ToDictionary(feed => feed.Key, feed => HostTensors.Write(feed.Value));
        using var results = session.Session.Run(options, inputs, [output.Name]);
        foreach (var input in inputs.Values)
            input.Dispose();
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static Var Graph(Shape shape, Func<Shape, Var, Var, Var> build)
    {
        var graph = new Graph();
        return graph.Output("dw", Op.Reshape(
            build(shape, graph.Input("x", ElementType.Float32, shape.X), graph.Input("dy", ElementType.Float32, shape.Dy)),
            shape.Kernels, shape.Channels, shape.Size, shape.Size));
    }

    private static Var Rule(Shape s, Var x, Var dy)
    {
        var w = x.Graph.Input("w", s.Kernels, s.Channels, s.Size, s.Size);
        return Gradient.Of(Op.Conv(x, w, null, s.Stride, s.Pad), dy, [w])[0];
    }

    // dw[:, :, i, j] = sum over n of dy[n] x[n, shifted by i and j]^T
    private static Var SliceProducts(Shape s, Var x, Var dy)
    {
        var rows = Op.Reshape(dy, s.Images, s.Kernels, s.Dy[2] * s.Dy[3]);
        var pieces = Shifted(s, x).Select(piece => Op.Unsqueeze(Op.ReduceSum(
            Op.MatMul(rows, Op.Transpose(Op.Reshape(piece, s.Images, s.Channels, s.Dy[2] * s.Dy[3]), 0, 2, 1)), [0], false), 2));
        return Op.Concat([.. pieces], 2);
    }

    // The products of all images as one: dy as [K, N P Q], the shifted x as [N P Q, C k k].
    private static Var OneProduct(Shape s, Var x, Var dy)
    {
        var pixels = s.Images * s.Dy[2] * s.Dy[3];
        var rows = Op.Reshape(Op.Transpose(dy, 1, 0, 2, 3), s.Kernels, pixels);
        var columns = Op.Concat([.. Shifted(s, x).Select(piece => Op.Unsqueeze(piece, 2))], 2);
        var all = Op.Reshape(Op.Transpose(columns, 1, 2, 0, 3, 4), s.Channels * s.Size * s.Size, pixels);
        return Op.Gemm(rows, all, transposeB: true);
    }

    // x as one picture of depth N, dy as K kernels of depth N that step by the stride.
    private static Var Spatial(Shape s, Var x, Var dy)
    {
        var picture = Op.Reshape(Op.Transpose(Padded(s, x), 1, 0, 2, 3),
            s.Channels, 1, s.Images, s.Height + 2 * s.Pad, s.Width + 2 * s.Pad);
        var kernels = Op.Reshape(Op.Transpose(dy, 1, 0, 2, 3), s.Kernels, 1, s.Images, s.Dy[2], s.Dy[3]);
        var product = Op.Conv(picture, kernels, null, [1, 1, 1], [0, 0, 0, 0, 0, 0], [1, s.Stride, s.Stride], 1);
        return Op.Transpose(Op.Squeeze(Cut(s, product, 3), 2), 1, 0, 2, 3);
    }

    // The same with the images as channels.
    private static Var Swapped(Shape s, Var x, Var dy)
    {
        var product = Op.Conv(Op.Transpose(Padded(s, x), 1, 0, 2, 3), Op.Transpose(dy, 1, 0, 2, 3), null, [1, 1],
            [0, 0, 0, 0], [s.Stride, s.Stride], 1);
        return Op.Transpose(Cut(s, product, 2), 1, 0, 2, 3);
    }

    private static Var Cut(Shape s, Var product, int axis) =>
        Op.Slice(Op.Slice(product, axis, 0, s.Size), axis + 1, 0, s.Size);

    private static Var Padded(Shape s, Var x) =>
        s.Pad == 0 ? x : Op.Pad(x, 0, 0, s.Pad, s.Pad, 0, 0, s.Pad, s.Pad);

    private static IEnumerable<Var> Shifted(Shape s, Var x)
    {
        var padded = Padded(s, x);
        for (var i = 0; i < s.Size; i++)
            for (var j = 0; j < s.Size; j++)
                yield return Op.Slice(padded, [2, 3], [i, j],
                    [i + s.Stride * (s.Dy[2] - 1) + 1, j + s.Stride * (s.Dy[3] - 1) + 1], [s.Stride, s.Stride]);
    }
}
