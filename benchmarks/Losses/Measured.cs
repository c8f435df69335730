using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;

namespace Benchmarks.Losses;

/// <summary>What a session computes: a loss with its gradients, or an optimiser's update.</summary>
/// <param name="Outputs">The values.</param>
/// <param name="Size">Elements of the largest of them.</param>
/// <param name="Replaced">Inputs with the outputs that are their next values.</param>
internal sealed record Measured(Var[] Outputs, long Size, (Var Old, Var New)[] Replaced)
{
    /// <summary>A loss and its gradients; the first prediction is the largest.</summary>
    public static Measured Loss(Var loss, params Var[] predictions) =>
        new([loss, .. Gradient.Of(loss, predictions)], predictions[0].Shape.Size, []);

    /// <summary>The input that an output replaces; null for none.</summary>
    public Var? Old(Var output) => Replaced.FirstOrDefault(pair => pair.New == output).Old;
}
