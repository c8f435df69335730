using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Takes the end of a detector apart, from its last maps on.</summary>
public sealed class HeadPieces
{
    private static readonly HashSet<string> Layouts =
        ["Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Concat", "Cast"];
    private static readonly HashSet<string> Elementwise =
        ["Relu", "Exp", "Clip", "Softplus", "Identity", "Abs", "Cast", "Mul", "Add", "Sub", "Div", "BatchNormalization"];

    private readonly ValueGraph _graph;
    private readonly IReadOnlyDictionary<string, TypedShape> _shapes;

    private HeadPieces(OnnxModel model, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        _graph = new(model);
        _shapes = ShapeTrace.Of(model, model.OutputNames, inputShapes).Shapes;
    }

    /// <summary>The pieces of all last maps, in the order in which outputs are put together from them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static IReadOnlyList<HeadPiece> Of(OnnxModel model, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var pieces = new HeadPieces(model, inputShapes);
        return [.. model.OutputNames.SelectMany(output => HeadMaps.Behind(model, output)).Distinct()
            .SelectMany(pieces.Split)];
    }

    // Split along the channels or not, each piece by itself.
    private IEnumerable<HeadPiece> Split(string map)
    {
        map = LastOfShape(map);
        if (Shape(map) is not { Rank: 4 } shape || shape[0] != 1)
            yield break;
        if (_graph.Readers(map) is [{ OpType: "Split" } split] && Axis(split, 4) == 1
            && split.Output.All(name => Shape(name) is not null))
        {
            var first = 0;
            foreach (var name in split.Output)
            {
                var channels = (int)Shape(name)![1];
                yield return Follow(map, shape, first, channels, name);
                first += channels;
            }
        }
        else
            yield return Follow(map, shape, 0, (int)shape[1], map);
    }

    // Scales, ReLU or exp on distances belong to the network.
    private string LastOfShape(string map)
    {
        while (_graph.Readers(map) is [{ } node] && Elementwise.Contains(node.OpType)
            && node.Input.Count(input => !_graph.IsConstant(input)) == 1
            && Shape(node.Output[0]) is { } next && next.Equals(Shape(map))
            && node.Input.Where(_graph.IsConstant).All(input => _graph.Constant(input) is not { } constant
                || constant.Shape.Size == 1 || constant.Shape.Size == next[1]))
            map = node.Output[0];
        return map;
    }

    private HeadPiece Follow(string map, TensorShape shape, int first, int channels, string value)
    {
        string? activation = null;
        int? columns = null;
        var (names, decoded, joined) = (new List<string> { value }, false, false);
        while (true)
        {
            var readers = _graph.Readers(value).Where(node => node.OpType is not ("Shape" or "Size")).ToList();
            if (readers.Count != 1)
            {
                decoded |= readers.Count > 1;
                break;
            }
            var node = readers[0];
            if (node.OpType is "Sigmoid" or "Softmax" or "LogSoftmax")
                activation ??= node.OpType == "LogSoftmax" ? "Softmax" : node.OpType;
            else if (!Layouts.Contains(node.OpType))
            {
                decoded = true;
                break;
            }
            value = node.Output[0];
            names.Add(value);
            // Beyond a join of different columns the last axis is no more this piece's.
            joined |= node.OpType == "Concat" && Shape(value) is { Rank: > 2 } all && Shape(node.Input[0]) is { } one
                && (all[-1] != one[-1] || all.Rank == 4 && Axis(node, 4) == 1);
            if (!joined && Shape(value) is { Rank: 2 or 3 } rows && channels % rows[-1] == 0 && rows[-1] < rows.Size
                && IsRows(node, rows, shape, channels))
                columns = (int)rows[-1];
        }
        return new(map, shape, first, channels, activation, columns, decoded, names);
    }

    // Rows of the level, or of several: their number is a multiple of the level's cells only before they are joined.
    private static bool IsRows(NodeProto node, TensorShape rows, TensorShape map, int channels) =>
        node.OpType is "Reshape" or "Transpose" or "Squeeze"
        && (rows.Size != map.Size / map[1] * channels || rows.Size / rows[-1] % (map[2] * map[3]) == 0);

    private TensorShape? Shape(string value) => _shapes.GetValueOrDefault(value)?.Shape;

    private static int Axis(NodeProto node, int rank) =>
        (int)(((node.Attribute.FirstOrDefault(attribute => attribute.Name == "axis")?.I ?? 0) + rank) % rank);
}
