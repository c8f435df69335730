using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Builtin;

/// <summary>
/// A convolution's weights, <c>name.weight</c> and <c>name.bias</c>; padded so that stride 1 keeps the size.
/// </summary>
internal sealed record Convolution(Var Weight, Var Bias)
{
    public static Convolution Create(
        Graph graph, UniformWeights weights, string name, long channels, long filters, long kernel = 3, float gain = 1,
        float bias = 0) =>
        new(graph.Constant(name + ".weight", weights.Filters(filters, channels, kernel, gain)),
            graph.Constant(name + ".bias", Tensor.Filled(new(filters), bias)));

    public Var Apply(Var x, long stride = 1) => Op.Conv(x, Weight, Bias, stride, Weight.Shape[2] / 2);

    /// <summary>A map in twice its size, each pixel four times. By scales, not sizes: the batch may then have any
    /// size.</summary>
    public static Var Doubled(Var x)
    {
        var scales = x.Graph.Constant(Tensor.Vector(1f, 1f, 2f, 2f));
        return Op.Apply("Resize", [x, null, scales], new()
        {
            { "mode", "nearest" }, { "coordinate_transformation_mode", "asymmetric" }, { "nearest_mode", "floor" },
        });
    }
}
