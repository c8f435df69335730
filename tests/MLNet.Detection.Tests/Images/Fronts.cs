using MLNet.Detection.Tests.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Tests.Images;

/// <summary>Models that prepare their input "images" themselves, before a convolution whose output is "head".</summary>
internal static class Fronts
{
    public static OnnxModel Build(ElementType type, long[] shape, Func<Var, Var> front)
    {
        var graph = new Graph();
        var planes = front(graph.Input("images", type, new(shape)));
        var weights = graph.Constant("w", Tensor.Filled(new(2, planes.Shape[1], 1, 1), 0.5f));
        graph.Output("head", Op.Conv(planes, weights));
        return GraphWriter.Write(graph, "front");
    }

    public static Var Colors(Graph graph, float first, float second, float third) =>
        graph.Constant(Tensor.Of<float>(new(3, 1, 1), [first, second, third]));
}
