using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>Looks a model over before it is trained.</summary>
public static class ModelInspection
{
    /// <summary>The report on a model. It refuses none that could be read: what is not clear is said.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static ModelSummary Summary(
        this OnnxModel model, IReadOnlyDictionary<string, TensorShape>? inputShapes = null)
    {
        var (nodes, problems) = (model.Proto.Graph.Node.Count, new List<string>());
        model = TiedWeights.Untie(model);
        var cuts = CutPoint.Suggest(model, inputShapes);
        var heads = Try(() => HeadPair.Choose(model, cuts, null, null), problems);
        var values = heads is null ? [.. cuts.Select(cut => cut.Value)] : Trained(heads, cuts);
        var trace = ShapeTrace.Of(model, values, inputShapes);
        if (trace.Problem is { } problem)
            problems.Add(problem);
        var weights = values.Count == 0 ? [] : Try(() => WeightPlace.Of(model, values, inputShapes), problems) ?? [];
        var graph = new ValueGraph(model);
        var operators = OperatorCensus.Of(graph, values, weights);
        problems.AddRange(operators.Where(use => use.Blocks).Select(use =>
            $"Operator {use.Operator} has no gradient rule and lies between trainable weights and the raw values in "
            + $"{use.OnPath} places; freeze the weights before them, or cut the model before them."));
        return new()
        {
            Path = model.Path, Opset = model.Opset, IrVersion = model.Proto.IrVersion,
            Producer = $"{model.Proto.ProducerName} {model.Proto.ProducerVersion}".Trim(),
            Nodes = nodes, Cuts = cuts, Heads = heads, TrainedValues = values,
            Inputs = [.. model.Inputs.Select(ValueMeaning.Input)],
            Outputs = [.. model.Proto.Graph.Output.Select(output => ValueMeaning.Output(graph, output, cuts))],
            Blocks = values.Count == 0 ? [] : new ModelStructure(graph, values, cuts, trace.Shapes, weights).Blocks(),
            Weights = weights, Operators = operators, Problems = problems,
            OtherParameters = Floats(model) - weights.Sum(weight => weight.Elements),
            Cost = trace.Shapes.Count == 0 ? null : LayerCost.Step(graph, values, trace.Shapes, weights),
        };
    }

    // Objectness and centerness belong to the rows of classes and boxes.
    private static IReadOnlyList<string> Trained(HeadPair heads, IReadOnlyList<CutPoint> cuts) =>
    [
        heads.Classes.Value, heads.Boxes.Value,
        .. cuts.Where(cut => cut.Role == HeadRole.Objectness && cut.Rows == heads.Boxes.Rows).Select(cut => cut.Value),
    ];

    private static long Floats(OnnxModel model) => model.Proto.Graph.Initializer
        .Where(tensor => ((ElementType)tensor.DataType).IsFloat())
        .Sum(tensor => tensor.Dims.Aggregate(1L, (product, dim) => product * dim));

    private static T? Try<T>(Func<T> find, List<string> problems) where T : class
    {
        try
        {
            return find();
        }
        catch (Exception error) when (error is ModelException or GraphException)
        {
            problems.Add(error.Message);
            return null;
        }
    }
}
