using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>
/// What numbers the pixels are where nothing says it: first layers are trained to answers about 1, so that weights for
/// pixels from 0 to 255 are some 255 times smaller than those for 0 to 1. Means and the order of colours leave no such
/// trace.
/// </summary>
internal static class PixelGuess
{
    // In the middle between 1 and 1 / 255 on a scale of ratios.
    private const float Least = 1 / 16f;

    /// <summary>0 to 1 or 0 to 255; null where no convolution reads the pictures.</summary>
    public static Normalization? Of(OnnxModel model, ImageInput input)
    {
        var conv = model.Proto.Graph.Node.FirstOrDefault(node => node.OpType == "Conv");
        if (conv is null)
            return null;
        var (picture, black) = (Answer(model, input, input.Probe, conv.Output[0]),
            Answer(model, input, input.Zeros, conv.Output[0]));
        var response = Math.Sqrt(picture.Zip(black, (a, b) => (double)(a - b) * (a - b)).Average());
        return response < Least ? Normalization.Pixels : Normalization.Unit;
    }

    private static float[] Answer(OnnxModel model, ImageInput input, Tensor picture, string value) =>
        Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = picture }, [value])[value]
            .Values<float>().ToArray();
}
