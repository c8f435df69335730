using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Threads;

/// <summary>
/// A small case of a gradient rule with its inputs repeated along an axis, so that there is work for several threads.
/// </summary>
internal sealed record Wide(Var[] Inputs, Tensor[] Values, Graph Graph)
{
    /// <summary>Elements that ONNX Runtime splits even where an element is cheap.</summary>
    private const long Elements = 1 << 15;

    /// <summary>The case, repeated where its expression takes that; null where it takes it along no axis.</summary>
    public static Wide? Of(OperatorCase small)
    {
        // All inputs, or the first one, along its first axis, its last, its second. A convolution of many small maps is
        // one with a huge kernel in its gradient: there the map grows.
        (int Inputs, int Axis)[] ways = small.Name.StartsWith("Conv", StringComparison.Ordinal) ? [(1, -1)]
            : [.. from count in new[] { small.Inputs.Length, 1 } from axis in new[] { 0, -1, 1 } select (count, axis)];
        return ways.Select(way => Repeated(small, way.Inputs, way.Axis)).FirstOrDefault(wide => wide is not null);
    }

    private static Wide? Repeated(OperatorCase small, int inputs, int axis)
    {
        if (small.Inputs[0].Shape is not { Rank: > 0 } shape || shape.Rank <= axis || shape.Size == 0)
            return null;
        var times = (int)Math.Max(1, Elements / shape.Size);
        Tensor[] values = [.. small.Inputs.Select((input, i) => i < inputs ? Tiles.Of(input, axis, times) : input)];
        try
        {
            var graph = new Graph();
            Var[] x = [.. values.Select((value, i) => graph.Input($"x{i}", value.Type, value.Shape))];
            var y = small.F(x);
            if (y.Shape.Size is < Elements / 64 or > Elements * 16 || graph.Nodes.SelectMany(node => node.Outputs).Any(
                value => value.Shape.Size > Elements * 64))
                return null;
            Gradient.Of(y, graph.Input("upstream", y.Shape.ToArray()), x);
            return new(x, [.. values, new RandomTensors(5).Normal(y.Shape.ToArray())], graph);
        }
        catch (GraphException)
        {
            return null;
        }
    }
}
