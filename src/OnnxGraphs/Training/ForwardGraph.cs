using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Rewrites;

namespace OnnxGraphs.Training;

/// <summary>
/// The network of a step by itself, for programs that show between steps what it finds: it reads the weights from the flat
/// vector that a <see cref="TrainingGraph"/> of the same model and options updates, and holds none of them.
/// </summary>
/// <param name="Model">The model. Inputs: those of the network and <see cref="TrainingGraph.Parameters"/>.</param>
/// <param name="Layout">Where each parameter lies in the flat vector.</param>
public sealed record ForwardGraph(OnnxModel Model, ParameterLayout Layout)
{
    /// <summary>Builds it for a model, cut at the given values, with the given input shapes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Names of the values to cut at.</param>
    /// <param name="outputs">From these values to the outputs by name.</param>
    /// <param name="options">Those of the step, with shapes of its own where the batch is another.</param>
    /// <exception cref="ModelException">A value or weight is unknown.</exception>
    public static ForwardGraph Build(OnnxModel model, IReadOnlyList<string> heads,
        Func<IReadOnlyList<Var>, IReadOnlyDictionary<string, Var>> outputs, TrainingGraphOptions? options = null)
    {
        options ??= new();
        var (graph, layout, values, _) = Objective.Read(model, heads, options, TrainingGraph.Unpack);
        foreach (var (name, value) in outputs(values))
            graph.Output(name, value);
        if (options.Form != StepForm.Native)
            graph = WebGpuForm.Of(graph, options.Form == StepForm.WebGpuInt32);
        return new(GraphWriter.Write(graph, "forward"), layout);
    }
}
