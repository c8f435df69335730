using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Builtin;

/// <summary>All outputs of a detector's file for random pictures.</summary>
internal static class SmallDetectorRun
{
    public static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, int width, int height, int batch)
    {
        var random = new Random(1);
        var pixels = new float[batch * 3 * height * width];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = 4 * random.NextSingle() - 2;
        var images = Tensor.Of<float>(new(batch, 3, height, width), pixels);
        return Subgraph.Run(model, new Dictionary<string, Tensor> { ["images"] = images }, model.OutputNames);
    }
}
