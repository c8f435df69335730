using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// An output that is a map of scores, one channel a class, as segmentation networks give it: where its raw scores are,
/// and what the file makes of them.
/// </summary>
/// <param name="Output">Name of the output.</param>
/// <param name="Value">Name of the value with the raw scores, before the activation.</param>
/// <param name="Shape">Its shape for one picture.</param>
/// <param name="ChannelsLast">Whether channels are the last axis, [1, height, width, channels], not the second.</param>
/// <param name="Layer">Name of the last map [1, channels, ...] of the layers that the scores come from, which class layers
/// are replaced at; null where they are no convolutions.</param>
/// <param name="Activation"><c>Softmax</c>, <c>Sigmoid</c> or <c>LogSoftmax</c> where one follows; null where none
/// does.</param>
/// <param name="EndsInClasses">Whether the file takes the class of each pixel itself (ArgMax, or a threshold).</param>
public sealed record MapCut(string Output, string Value, TensorShape Shape, bool ChannelsLast, string? Layer,
    string? Activation, bool EndsInClasses)
{
    private static readonly HashSet<string> Layouts =
        ["Identity", "Cast", "Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten", "Round"];

    private static readonly HashSet<string> Choices = ["ArgMax", "Greater", "GreaterOrEqual"];

    private static readonly HashSet<string> Activations = ["Softmax", "Sigmoid", "LogSoftmax"];

    private static readonly HashSet<string> Sizes = ["Resize", "Upsample", "Slice", "Pad", "Crop"];

    /// <summary>Channels of the map.</summary>
    public int Channels => (int)Shape[ChannelsLast ? 3 : 1];

    /// <summary>Rows of the map.</summary>
    public int Height => (int)Shape[ChannelsLast ? 1 : 2];

    /// <summary>Pixels of a row of the map.</summary>
    public int Width => (int)Shape[ChannelsLast ? 2 : 3];

    /// <summary>The outputs of a model that are maps, in its order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs.</param>
    /// <param name="width">Pixels of a row of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    public static IReadOnlyList<MapCut> Of(
        OnnxModel model, IReadOnlyDictionary<string, TensorShape> inputShapes, int width, int height) =>
        [.. model.OutputNames.Select(output => At(model, output, inputShapes, width, height)).OfType<MapCut>()];

    /// <summary>What lies before an output, or an inner value; null where that is no map.</summary>
    /// <inheritdoc cref="Of"/>
    public static MapCut? At(OnnxModel model, string output, IReadOnlyDictionary<string, TensorShape> inputShapes, int width,
        int height)
    {
        var path = Path(model, output);
        if (path.Count == 0)
            return null;
        var names = path.Select(node => node.Output[0]).Concat(path.Select(Before)).Append(output).Distinct().ToList();
        var shapes = ShapeTrace.Of(model, names, inputShapes).Shapes;
        var activation = path.FindLastIndex(node => Activations.Contains(node.OpType));
        // Without one the scores are what the layers, and what brings them to their size, give.
        var from = activation >= 0 ? activation
            : Math.Max(-1, path.FindIndex(node => !Layouts.Contains(node.OpType) && !Choices.Contains(node.OpType)) - 1);
        var value = from < 0 ? output : Before(path[from]);
        for (var next = from + 1; next < path.Count && Layouts.Contains(path[next].OpType)
            && IsMap(shapes, Before(path[next])); next++)
            value = Before(path[next]);
        if (shapes.GetValueOrDefault(value)?.Shape is not { Rank: 4 } shape || shape[0] != 1
            || Last(shape, width, height) is not { } last)
            return null;
        var layer = shapes.GetValueOrDefault(path[^1].Output[0])?.Shape is not { Rank: 4 } map
            || map[1] != shape[last ? 3 : 1] ? null : path[^1].Output[0];
        return new(output, value, shape, last, layer, activation < 0 ? null : path[activation].OpType,
            path.Exists(node => Choices.Contains(node.OpType)));
    }

    // The nodes from an output back to the first that is neither layout nor activation, sizes included; that one is the
    // last of the list.
    private static List<NodeProto> Path(OnnxModel model, string output)
    {
        var (producers, path) = (model.Producers, new List<NodeProto>());
        for (var name = output; producers.TryGetValue(name, out var node); name = Before(node))
        {
            path.Add(node);
            var passes = Layouts.Contains(node.OpType) || Sizes.Contains(node.OpType)
                || !path.SkipLast(1).Any(p => Activations.Contains(p.OpType))
                    && (Activations.Contains(node.OpType) || Choices.Contains(node.OpType));
            if (!passes || node.Input.Count == 0)
                break;
        }
        return path;
    }

    private static string Before(NodeProto node) => node.Input.Count > 0 ? node.Input[0] : "";

    private static bool IsMap(IReadOnlyDictionary<string, TypedShape> shapes, string value) =>
        shapes.GetValueOrDefault(value) is { Shape.Rank: 4, Element: ElementType.Float32 or ElementType.Float16 };

    // Which axes run over the picture: their proportion is the picture's, or they are as many pixels smaller.
    private static bool? Last(TensorShape shape, int width, int height)
    {
        bool Fits(long h, long w) => h > 1 && w > 1 && h <= height && w <= width
            && (Math.Abs((double)h / height - (double)w / width) < 0.02 + 2.0 / Math.Min(h, w) || height - h == width - w);
        return Fits(shape[2], shape[3]) && shape[1] <= byte.MaxValue ? false
            : Fits(shape[1], shape[2]) && shape[3] <= byte.MaxValue ? true : null;
    }
}
