using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Segmentation;

/// <summary>What the map of scores in a file means, as far as the file says it.</summary>
internal static class MapMeaning
{
    /// <summary>The outputs that are maps, the main one first: an output called <c>out</c>, of several one beside it is
    /// there
    /// for training alone (torchvision's <c>aux</c>); else the largest.</summary>
    public static IReadOnlyList<MapCut> Maps(OnnxModel model, ImageInput input) =>
        MainFirst(MapCut.Of(model, input.Shapes, input.Width, input.Height));

    private static IReadOnlyList<MapCut> MainFirst(IEnumerable<MapCut> cuts) =>
        [.. cuts.OrderByDescending(cut => cut.Output == "out").ThenByDescending(cut => cut.Width * cut.Height)];

    /// <summary>The map of a file that has nothing but maps of scores at a quarter of the picture's size or more, one,
    /// or two of
    /// as many channels; null of others, detectors among them.</summary>
    public static MapCut? Only(OnnxModel model, ImageInput input)
    {
        // Most files are told by their number of outputs, or by the first one.
        if (model.OutputNames.Count > 2)
            return null;
        var cuts = model.OutputNames.Select(name => MapCut.At(model, name, input.Shapes, input.Width, input.Height))
            .TakeWhile(cut => cut is not null).OfType<MapCut>().ToList();
        if (cuts.Count == 0 || cuts.Count != model.OutputNames.Count)
            return null;
        var maps = MainFirst(cuts);
        return maps[0].Channels == maps[^1].Channels && 4 * maps[0].Width >= input.Width && 4 * maps[0].Height >= input.Height
            ? maps[0] : null;
    }

    /// <summary>What turns scores into probabilities.</summary>
    public static MapActivation ActivationOf(MapCut cut) => cut.Activation switch
    {
        "Sigmoid" => MapActivation.Sigmoid,
        null => cut.Channels == 1 ? MapActivation.Sigmoid : MapActivation.Softmax,
        _ => MapActivation.Softmax,
    };

    /// <summary>What the map means, in words.</summary>
    public static string ToWords(MapCut cut, ImageInput input)
    {
        var size = cut.Width == input.Width && cut.Height == input.Height ? "the picture's size"
            : $"{cut.Width} x {cut.Height} of {input.Width} x {input.Height}";
        var activation = cut.Activation is { } known ? $"{known} follows"
            : $"no activation follows, taken for the scores of a {ActivationOf(cut)}";
        return $"'{cut.Value}', {cut.Channels} channels, {(cut.ChannelsLast ? "channels last, " : "")}{size}; {activation}"
            + (cut.Obstacle is { } obstacle ? $", and {obstacle}" : cut.WithoutFirst ? ", of which the file leaves out the first" : "")
            + (cut.EndsInClasses ? "; the file takes the class of each pixel itself" : "");
    }

    /// <summary>What to do where something stands between the activation and the output.</summary>
    public static string Remedy(MapCut cut) => $"Export the file without that; or name the value before it "
        + $"(--map-output {cut.BeforeObstacle}, or MapOutput), which is learnt then, whatever the file makes of it.";

    /// <summary>What the channels are, in words.</summary>
    public static string Channels(MapCut cut) => ActivationOf(cut) == MapActivation.Softmax
        ? $"background and {cut.Channels - 1} class{(cut.Channels == 2 ? "" : "es")}, or {cut.Channels} classes without background"
        : $"{cut.Channels} class{(cut.Channels == 1 ? "" : "es")}, each for itself; no channel for background";

    /// <summary>
    /// Whether a map smaller than its picture shows the middle of it at the picture's own scale: two changes of the
    /// picture
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
