using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Which channels of a map are left behind its activation, found by a run: each channel has a score of its own, so that
/// its probability is known, and every number of the result must be one of these.
/// </summary>
internal static class ChannelProbe
{
    private const float Span = 5f, Tolerance = 5e-4f;

    /// <summary>The channels in the order of the result; null where it holds other numbers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="map">Name of the raw scores, [1, channels, ...] or with channels last.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="axis">Their axis of channels.</param>
    /// <param name="isSigmoid">Whether the activation is a Sigmoid, not a softmax.</param>
    /// <param name="result">Name of the result.</param>
    public static IReadOnlyList<int>? Left(
        OnnxModel model, string map, TensorShape shape, int axis, bool isSigmoid, string result)
    {
        var channels = (int)shape[axis];
        // Above 0 throughout: 1 - p of one channel is p of no other.
        float[] scores = [.. Enumerable.Range(0, channels).Select(channel => 0.3f + Span * channel / channels)];
        var inner = shape.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        var labels = new float[shape.Size];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = scores[i / inner % channels];
        var found = Subgraph.Run(model, new Dictionary<string, Tensor> { [map] = Tensor.Of<float>(shape, labels) }, [result])
            [result].ToFloat32().Values<float>().ToArray();
        var sum = scores.Sum(MathF.Exp);
        return isSigmoid ? Match(found, [.. scores.Select(score => 1 / (1 + MathF.Exp(-score)))])
            : Match(found, [.. scores.Select(score => MathF.Exp(score) / sum)])
                ?? Match(found, [.. scores.Select(score => score - MathF.Log(sum))]);
    }

    private static List<int>? Match(float[] found, float[] expected)
    {
        var order = new List<int>();
        foreach (var number in found)
        {
            var channel = Array.FindIndex(expected, p => MathF.Abs(p - number) <= Tolerance * MathF.Max(MathF.Abs(p), 1e-2f));
            if (channel < 0)
                return null;
            if (!order.Contains(channel))
                order.Add(channel);
        }
        return order;
    }
}
