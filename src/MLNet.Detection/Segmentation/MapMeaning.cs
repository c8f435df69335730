using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Segmentation;

/// <summary>What the map of scores in a file means, as far as the file says it.</summary>
internal static class MapMeaning
{
    /// <summary>The outputs that are maps, the main one first: an output called <c>out</c>, of several one beside it is there
    /// for training alone (torchvision's <c>aux</c>); else the largest.</summary>
    public static IReadOnlyList<MapCut> Maps(OnnxModel model, ImageInput input) =>
        [.. MapCut.Of(model, input.Shapes, input.Width, input.Height)
            .OrderByDescending(cut => cut.Output == "out").ThenByDescending(cut => cut.Width * cut.Height)];

    /// <summary>What turns scores into probabilities.</summary>
    public static MapActivation ActivationOf(MapCut cut) => cut.Activation switch
    {
        "Sigmoid" => MapActivation.Sigmoid,
        null => cut.Channels == 1 ? MapActivation.Sigmoid : MapActivation.Softmax,
        _ => MapActivation.Softmax,
    };

    /// <summary>
    /// Whether a map smaller than its picture shows the middle of it at the picture's own scale: two changes of the picture
    /// move apart in the map as far as in the picture.
    /// </summary>
    public static bool Crops(OnnxModel model, ImageInput input, MapCut cut)
    {
        if (cut.Width == input.Width && cut.Height == input.Height || input.Width - cut.Width != input.Height - cut.Height)
            return false;
        var (left, right) = (Center(model, input, cut, input.Width * 3 / 8), Center(model, input, cut, input.Width * 5 / 8));
        return left is { } a && right is { } b
            && Math.Abs(b - a) / (input.Width / 4) > (1 + (double)cut.Width / input.Width) / 2;
    }

    // The middle of what a changed column of pixels changes in the map, along its rows; null where all of it changes.
    private static double? Center(OnnxModel model, ImageInput input, MapCut cut, int column)
    {
        var plain = Scores(model, input, cut, null);
        var changed = Scores(model, input, cut, column);
        var (first, last) = (cut.Width, -1);
        for (var i = 0; i < plain.Length; i++)
            if (plain[i] != changed[i])
            {
                var x = cut.ChannelsLast ? i / cut.Channels % cut.Width : i % cut.Width;
                (first, last) = (Math.Min(first, x), Math.Max(last, x));
            }
        return last < 0 || last - first == cut.Width - 1 ? null : (first + last) / 2.0;
    }

    private static float[] Scores(OnnxModel model, ImageInput input, MapCut cut, int? column)
    {
        var picture = input.Zeros;
        var size = picture.Type.Size();
        if (column is { } x)
            for (var i = 0; i < picture.Data.Length / size; i++)
                if ((input.ChannelsLast ? i / input.Channels % input.Width : i % input.Width) == x)
                    picture.Data.AsSpan(i * size, size).Fill(0x3c);   // some number above 0, of any type
        return Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = picture }, [cut.Value])[cut.Value]
            .ToFloat32().Values<float>().ToArray();
    }
}
