using MLNet.Detection.Masks;
using MLNet.Detection.Data;

namespace MLNet.Detection.Segmentation;

/// <summary>What a segmentation network says of a picture, in the picture's own pixels.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Probabilities">Planes [channels, height, width].</param>
/// <param name="Labels">The class of each pixel: 0 for background, k for the class k - 1 of the network.</param>
public sealed record SegmentedPicture(int Width, int Height, float[] Probabilities, LabelMap Labels)
{
    /// <summary>The picture from its probabilities: the most probable class of each pixel.</summary>
    internal static SegmentedPicture Of(SegmenterModel model, int width, int height, float[] probabilities)
    {
        var (classes, size) = (new byte[width * height], width * height);
        for (var i = 0; i < size; i++)
        {
            var best = 0;
            for (var channel = 1; channel < model.Channels; channel++)
                if (probabilities[channel * size + i] > probabilities[best * size + i])
                    best = channel;
            if (model.Activation == MapActivation.Softmax || probabilities[best * size + i] > model.Threshold)
                classes[i] = model.LabelOf(best);
        }
        return new(width, height, probabilities, new(width, height, classes));
    }
}
