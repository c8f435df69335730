using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>
/// A second network in the graph of a step, whose values a loss compares those of the trained one with. Its weights are
/// constants of the graph: no gradient reaches them, and no optimiser knows them.
/// </summary>
public static class TeacherNetwork
{
    /// <summary>What stands before the names of its values in the graph.</summary>
    public const string Prefix = "teacher/";

    /// <summary>Appends the network to the graph.</summary>
    /// <param name="graph">The graph of the step.</param>
    /// <param name="model">The teacher.</param>
    /// <param name="heads">Names of the values that are wanted of it.</param>
    /// <param name="input">Name of the teacher's input.</param>
    /// <param name="images">What enters there: a value of the graph, with the batch's size.</param>
    /// <returns>The values, in the order of their names.</returns>
    /// <exception cref="ModelException">A name is unknown, or an operator is not known or does not fit.</exception>
    public static IReadOnlyList<Var> Append(
        Graph graph, OnnxModel model, IReadOnlyList<string> heads, string input, Var images) =>
        GraphReader.Read(ValuePrefix.Add(model, Prefix, input, images.Name), graph,
            [.. heads.Select(head => Prefix + head)], new()
            {
                InputShapes = new Dictionary<string, TensorShape> { [images.Name] = images.Shape },
                FoldBatchNormalization = true,
            });
}
