using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Builtin;

/// <summary>Graphs have fixed shapes; a file for inference should take any number of pictures at a time.</summary>
internal static class OpenBatch
{
    /// <summary>
    /// Writes the graph and declares the first dimension of every input and output as <c>batch</c>. The graph must hold
    /// for any first dimension: Reshape with 0 or -1 there, Resize by scales.
    /// </summary>
    public static OnnxModel Write(Graph graph, string name)
    {
        var model = GraphWriter.Write(graph, name);
        foreach (var value in model.Proto.Graph.Input.Concat(model.Proto.Graph.Output))
            value.Type.TensorType.Shape.Dim[0] = new() { DimParam = "batch" };
        return model;
    }
}
