using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// What looks like a set prediction with one sigmoid a class: rows of logits from linear layers behind attention, which
/// belong to no feature map, and values with four numbers for each row.
/// </summary>
/// <param name="Logits">Name of the value before the sigmoid, [1, queries, classes].</param>
/// <param name="Layer">Name of the layer's value that has a column for each class; others may add to it in one
/// column.</param>
/// <param name="Queries">Rows.</param>
/// <param name="Classes">Columns.</param>
/// <param name="Boxes">Names of the values [1, queries, 4], in the order of computation.</param>
public sealed record QueryHead(
    string Logits, string Layer, int Queries, int Classes, IReadOnlyList<string> Boxes)
{
    private const int MostQueries = 2000;

    // What becomes of scores: they are laid out and chosen from. A gate is multiplied.
    private static readonly HashSet<string> OfScores =
        ["Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Gather", "TopK", "ReduceMax", "ArgMax", "Concat", "Cast"];

    /// <summary>The heads of a model that look like one, the last sigmoid first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static IReadOnlyList<QueryHead> All(OnnxModel model, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var nodes = GraphReader.Needed(model, model.OutputNames);
        if (!nodes.Any(node => node.OpType == "Softmax") || !nodes.Any(node => node.OpType is "MatMul" or "Gemm"))
            return [];
        var (shapes, graph, found) = (ShapeTrace.Of(model, model.OutputNames, inputShapes).Shapes, new ValueGraph(model),
            new List<QueryHead>());
        foreach (var sigmoid in nodes.AsEnumerable().Reverse().Where(node => node.OpType == "Sigmoid"
            && graph.Readers(node.Output[0]).All(reader => OfScores.Contains(reader.OpType))))
            if (shapes.GetValueOrDefault(sigmoid.Input[0])?.Shape is { Rank: 3 } rows && rows[0] == 1
                && rows[1] is > 1 and <= MostQueries && LayerOf(graph, shapes, sigmoid.Input[0]) is { } layer)
            {
                // Boxes, too, lie behind a sigmoid, and are no scores of themselves.
                var (boxes, scores) = (new TypedShape(ElementType.Float32, new(1, rows[1], 4)), new HashSet<string>(sigmoid.Output));
                foreach (var node in nodes.Where(node => ValueGraph.DataInputs(node).Any(scores.Contains)))
                    scores.UnionWith(node.Output);
                found.Add(new(sigmoid.Input[0], layer, (int)rows[1], (int)rows[2], [.. nodes.SelectMany(node => node.Output)
                    .Where(name => shapes.GetValueOrDefault(name) == boxes && !scores.Contains(name))]));
            }
        return found;
    }

    /// <summary>The value of the layer that gives logits a column for each class.</summary>
    /// <exception cref="ModelException">There is none, or there are several.</exception>
    public static string LayerOf(OnnxModel model, string logits, IReadOnlyDictionary<string, TensorShape> inputShapes) =>
        LayerOf(new(model), ShapeTrace.Of(model, [logits], inputShapes).Shapes, logits) ?? throw new ModelException(
            $"{model.Path}: not one linear layer with all its columns lies before '{logits}'; name the class logits "
            + "(ClassOutput, or --class-output).");

    private static string? LayerOf(ValueGraph graph, IReadOnlyDictionary<string, TypedShape> shapes, string logits)
    {
        var classes = shapes[logits].Shape[-1];
        List<string> layers = [.. HeadCut.Reached(graph, logits)
            .Where(name => shapes.GetValueOrDefault(name)?.Shape is { Rank: 3 } shape && shape[-1] == classes)];
        return layers is [var layer] && HeadCut.Branches(graph.Model, layer).All(node => node.OpType != "Conv")
            ? layer : null;
    }
}
