using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Rewrites;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Training;

/// <summary>A model's loss in a graph, and the weights that it is differentiated by.</summary>
/// <param name="Model">The model.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Layout">Names and shapes of the trained weights, in the order of their first use.</param>
/// <param name="Heads">The values that the model was cut at.</param>
/// <param name="Predictions">What the loss builder declared as outputs: targets depend on them.</param>
/// <param name="Terms">The terms of the loss by name.</param>
/// <param name="Total">Their sum, a scalar.</param>
internal sealed record Objective(OnnxModel Model, Graph Graph, ParameterLayout Layout, IReadOnlyList<Var> Heads,
    IReadOnlyList<Var> Predictions, IReadOnlyDictionary<string, Var> Terms, Var Total)
{
    /// <summary>Builds the loss of a model that is cut at the given values.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Where to cut.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="options">What is frozen, and the shapes of the inputs.</param>
    /// <param name="declare">Gives the graph a value for each weight of the layout, under the weight's name.</param>
    public static Objective Build(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss,
        TrainingGraphOptions options, Action<Graph, ParameterLayout> declare)
    {
        var (graph, layout, values, statistics) = Read(model, heads, options, declare);
        var stretches = options.Recompute
            ? new NetworkStretches(graph, [.. graph.Inputs.Where(input => input.Name == TrainingGraph.Parameters)], values) : null;
        var terms = loss(graph, values);
        IReadOnlyList<Var> predictions = [.. graph.Outputs.Except(graph.Sums.Select(sum => sum.Part))];
        var total = Op.Reshape(terms.Values.Aggregate((a, b) => a + b), TensorShape.Scalar);
        return new(model, graph, layout, values, predictions, terms, total)
        {
            Statistics = statistics, Stretches = stretches,
        };
    }

    /// <summary>Reads a model up to the given values, its weights declared as for <see cref="Build"/>.</summary>
    public static (Graph Graph, ParameterLayout Layout, IReadOnlyList<Var> Values, IReadOnlyList<Var> Statistics) Read(
        OnnxModel model, IReadOnlyList<string> heads, TrainingGraphOptions options, Action<Graph, ParameterLayout> declare)
    {
        IReadOnlyList<string> trained = [.. TrainableWeights.Of(model, heads, options.Frozen), .. options.Also];
        var running = options.BatchStatistics ? RunningStatistics.Names(model, heads, trained) : [];
        var weights = ParameterLayout.Of(model, trained);
        var layout = ParameterLayout.Of(model, [.. InGroups(weights, options.Groups, model.Path), .. running]);
        var statistics = running.Count == 0 ? null : new BatchStatistics(running);
        var graph = new Graph { Parts = options.Parts };
        graph.Reserve(model.ValueNames);
        declare(graph, layout);
        var values = GraphReader.Read(model, graph, heads, new()
        {
            InputShapes = options.InputShapes,
            FoldBatchNormalization = options.FoldBatchNormalization,
            Statistics = statistics,
        });
        return (graph, layout, values, statistics is null ? [] : [.. running.Select(statistics.Next)]);
    }

    /// <summary>What the running statistics become, which are the last entries of the layout.</summary>
    public IReadOnlyList<Var> Statistics { get; init; } = [];

    /// <summary>How the network is cut where values are computed again; null where all are kept.</summary>
    public NetworkStretches? Stretches { get; init; }

    /// <summary>The entries of the layout that are trained by gradients.</summary>
    public IReadOnlyList<ParameterEntry> Trained => [.. Layout.Entries.SkipLast(Statistics.Count)];

    /// <summary>The values that stand for the weights, in the order of the layout.</summary>
    public IReadOnlyList<Var> Weights => [.. Trained.Select(entry => Graph.Find(entry.Name)!)];

    /// <summary>The gradients of the weights and of the exits of the stretches, by the rules of a table before the usual
    /// ones.</summary>
    /// <param name="rules">The table.</param>
    /// <param name="scale">What the loss is multiplied by, [1]; null for 1.</param>
    /// <exception cref="ModelException">An operator on the path cannot be trained.</exception>
    public (IReadOnlyList<Var> OfWeights, IReadOnlyList<Var> OfExits) Gradients(OperatorTable rules, Var? scale = null)
    {
        try
        {
            var weights = Weights;
            var all = Gradient.Of(scale is null ? Total : Total * scale, [.. weights, .. Stretches?.Exits ?? []], rules);
            return ([.. all.Take(weights.Count)], [.. all.Skip(weights.Count)]);
        }
        catch (GraphException error)
        {
            throw new ModelException($"{Model.Path}: {error.Message}", error);
        }
    }

    /// <summary>Makes the total and each term scalar outputs of the graph.</summary>
    public void OutputLoss()
    {
        Graph.Output(TrainingGraph.Loss, Total);
        foreach (var (name, term) in Terms)
            Graph.Output(name, Op.Reshape(term, TensorShape.Scalar));
    }

    // Weights that are treated alike lie beside each other.
    private static IEnumerable<string> InGroups(
        ParameterLayout weights, IReadOnlyList<ParameterGroup> groups, string path)
    {
        Treatment.Check(groups, [.. weights.Entries.Select(entry => (entry.Name, entry.Shape))], path);
        return weights.Entries.GroupBy(entry => Treatment.Of(entry.Name, entry.Shape, groups))
            .SelectMany(group => group).Select(entry => entry.Name);
    }
}
