using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Losses;

/// <summary>Checks of losses of your own: is the gradient that of the formula?</summary>
public static class LossCheck
{
    private const float Step = 0.02f;

    /// <summary>
    /// Compares the gradient with finite differences of fourth order through ONNX Runtime. Without tensors the
    /// prediction is [2, 3, 4] of numbers in [-2, 2], the target of 0 and 1. Keep kinks of the formula farther than
    /// 0.05 from the values.
    /// </summary>
    public static GradientReport Gradient(Loss loss, Tensor? prediction = null, Tensor? target = null)
    {
        var shape = prediction?.Shape ?? new TensorShape(2, 3, 4);
        var (x, t) = (new float[shape.Size], new float[shape.Size]);
        for (var i = 0; i < x.Length; i++)
            (x[i], t[i]) = (2 * MathF.Sin(1.7f * i + 0.3f), i % 3 == 0 ? 1 : 0);
        return Gradient(LossExample.Of(loss, prediction ?? Tensor.Of<float>(shape, x), target
            ?? Tensor.Of<float>(shape, t)));
    }

    /// <summary>The same for a loss of several inputs; all its predictions are checked.</summary>
    public static GradientReport Gradient(LossExample example)
    {
        OrtLibrary.Require();
        using var session = new InferenceSession(LossExport.Model(example, gradient: true).ToBytes());
        var worst = new GradientReport("", 0, 0, 0, -1);
        foreach (var input in example.Inputs.Where(input => input.IsPrediction))
        {
            var found = Run(session, example, input, input.Value, $"d_{input.Name}");
            double[] expected = [.. found.Select((_, i) => Difference(session, example, input, i))];
            var scale = expected.Concat(found.Select(g => (double)g)).Select(Math.Abs).Append(1e-6).Max();
            for (var i = 0; i < found.Length; i++)
                if (Math.Abs(found[i] - expected[i]) / scale is var error && !(error <= worst.Error))
                    worst = new(input.Name, i, expected[i], found[i], error);
        }
        return worst;
    }

    // (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h: the error is of order h^4, so that h may be large against the noise.
    private static double Difference(InferenceSession session, LossExample example, ExampleInput input, int index)
    {
        double At(float offset)
        {
            var values = input.Value.Values<float>().ToArray();
            values[index] += offset;
            return Run(session, example, input, Tensor.Of<float>(input.Value.Shape, values), "loss")[0];
        }
        return (At(-2 * Step) - 8 * At(-Step) + 8 * At(Step) - At(2 * Step)) / (12 * Step);
    }

    private static float[] Run(
        InferenceSession session, LossExample example, ExampleInput changed, Tensor value, string output)
    {
        using var run = new RunOptions();
        var feeds = example.Inputs.ToDictionary(input => input.Name,
            input => HostTensors.Write(input == changed ? value : input.Value));
        using var results = session.Run(run, feeds, [output]);
        foreach (var feed in feeds.Values)
            feed.Dispose();
        return HostTensors.Read(results[0]).Values<float>().ToArray();
    }
}
