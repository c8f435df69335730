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
/// <param name="Layer">Name of the last map [1, channels, ...] of the layers that the scores come from, which class
/// layers
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

    /// <summary>What stands between the activation and the output that changes its values, or chooses among its channels
    /// so that they mean something else; null where nothing does.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Name of the value in front of the obstacle, which is what the activation gives; null without
    /// one.</summary>
    public string? BeforeObstacle { get; init; }

    /// <summary>Whether the file gives all channels of its softmax but the first.</summary>
    public bool WithoutFirst { get; init; }

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
        var search = new ActivationSearch(model, type => Activations.Contains(type) || Choices.Contains(type),
            type => Layouts.Contains(type) || Sizes.Contains(type));
        var path = Path(model, output, search);
        if (path.Count == 0)
            return null;
        var names = path.Select(step => step.Node.Output[0]).Concat(path.Select(step => step.Before)).Append(output).Distinct().ToList();
        var shapes = ShapeTrace.Of(model, names, inputShapes).Shapes;
        var activation = path.FindLastIndex(step => Activations.Contains(step.Type));
        var choice = path.FindLastIndex(step => Choices.Contains(step.Type));
        // Without one the scores are what the layers, and what brings them to their size, give.
        var from = activation >= 0 ? activation
            : Math.Max(choice, path.FindIndex(choice + 1, step => !Layouts.Contains(step.Type)) - 1);
        var value = from < 0 ? output : path[from].Before;
        for (var next = from + 1; next < path.Count && Layouts.Contains(path[next].Type) && IsMap(shapes, path[next].Before); next++)
            value = path[next].Before;
        if (shapes.GetValueOrDefault(value)?.Shape is not { Rank: 4 } shape || shape[0] != 1
            || Last(shape, width, height) is not { } last)
            return null;
        var layer = shapes.GetValueOrDefault(path[^1].Node.Output[0])?.Shape is not { Rank: 4 } map
            || map[1] != shape[last ? 3 : 1] ? null : path[^1].Node.Output[0];
        var cut = new MapCut(output, value, shape, last, layer, activation < 0 ? null : path[activation].Type, choice >= 0);
        return activation < 0 ? cut : cut.Behind(model, path[(choice + 1)..activation],
            choice < 0 ? output : path[choice].Before, search);
    }

    // What lies between the activation and the output, or the choice of classes.
    private MapCut Behind(OnnxModel model, List<Step> between, string end, ActivationSearch search)
    {
        if (between.FindLastIndex(step => !Layouts.Contains(step.Type) && (step.Type == "Slice" || !Sizes.Contains(step.Type)))
            is not (>= 0 and var at))
            return this;
        var (node, before) = between[at];
        var blocked = this with { BeforeObstacle = before };
        var what = $"{node.OpType} '{node.Output[0]}'";
        if (search.Of(end) is { Count: > 1 } several)
            return blocked with { Obstacle = $"{what} joins {string.Join(", ", several.Order().Select(name => $"'{name}'"))}" };
        var left = ChannelProbe.Left(model, Value, Shape, ChannelsLast ? 3 : 1, Activation == "Sigmoid", end);
        var all = Enumerable.Range(0, Channels);
        return left is null ? blocked with { Obstacle = $"{what} changes the values" }
            : left.SequenceEqual(all) ? this
            : Activation != "Sigmoid" && left.SequenceEqual(all.Skip(1)) ? this with { WithoutFirst = true }
            : blocked with { Obstacle = $"{what} takes channel {string.Join(", ", left)} of {Channels}" };
    }

    // A node on the way back, and the input by which the way goes on.
    private readonly record struct Step(NodeProto Node, string Before)
    {
        public string Type => Node.OpType;
    }

    // The nodes from an output back to the first that is neither layout nor activation, sizes included; that one is the
    // last of the list. Arithmetic is stepped over where an activation or a choice lies behind it.
    private static List<Step> Path(OnnxModel model, string output, ActivationSearch search)
    {
        var (producers, path, ended) = (model.Producers, new List<Step>(), false);
        for (var name = output; producers.TryGetValue(name, out var node); name = path[^1].Before)
        {
            var passes = Layouts.Contains(node.OpType) || Sizes.Contains(node.OpType)
                || !ended && (Activations.Contains(node.OpType) || Choices.Contains(node.OpType));
            var over = ended || passes ? null : search.Before(node);
            path.Add(new(node, over ?? (node.Input.Count > 0 ? node.Input[0] : "")));
            ended |= Activations.Contains(node.OpType);
            if (!passes && over is null || node.Input.Count == 0)
                break;
        }
        return path;
    }

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
