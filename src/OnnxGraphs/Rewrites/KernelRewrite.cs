using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Kernels.Loops;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// A graph as a model for the processor, with kernels where they are faster. What has no kernel for its types and
/// shapes, or on this processor, stays as it is.
/// </summary>
/// <param name="Model">The model; its operators of the domain of kernels are numbered as these are.</param>
/// <param name="Kernels">The kernels.</param>
internal sealed record KernelRewrite(OnnxModel Model, IReadOnlyList<Kernel> Kernels)
{
    /// <summary>Null where the processor has no vectors.</summary>
    public static KernelRewrite? Of(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs)
    {
        if (InnerLoops.Widest() is not { } loops)
            return null;
        var choice = new KernelChoice(loops);
        var list = new StepList(outputs, choice.For, inputs);
        var steps = ElementwiseFusion.Apply(list.Steps, outputs.Select(list.Written), choice);
        return new(GraphWriter.Write(list, steps, inputs), choice.Kernels);
    }
}
