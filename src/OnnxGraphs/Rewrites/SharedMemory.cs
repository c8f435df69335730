using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Whether outputs may be written over the inputs that they replace: one kernel reads the old and writes the new value
/// of each element, and all others that read the old one must be done before that kernel can begin.
/// </summary>
internal static class SharedMemory
{
    /// <summary>Whether all the pairs may share their memory.</summary>
    public static bool IsSafe(IReadOnlyList<Step> steps, IReadOnlyList<Kernel> kernels,
        IEnumerable<(Var Old, Var New)> pairs)
    {
        var groups = new StepGroups(steps);
        return pairs.All(pair => IsSafe(steps, groups, kernels, pair.Old, pair.New));
    }

    private static bool IsSafe(IReadOnlyList<Step> steps, StepGroups groups, IReadOnlyList<Kernel> kernels, Var old,
        Var replaced)
    {
        if (groups.Producer(replaced) is not { } writer || Kernel(steps[writer], kernels) is not { } kernel)
            return false;
        var step = steps[writer];
        var before = groups.Before(writer);
        return steps.Index().Where(reader => reader.Item.Inputs.Contains(old)).All(reader => reader.Index == writer
            ? kernel.MayShare(IndexOf(step.Inputs, old), IndexOf(step.Outputs, replaced))
            : before.Contains(reader.Index));
    }

    private static ElementwiseKernel? Kernel(Step step, IReadOnlyList<Kernel> kernels) =>
        step.Domain != KernelDomain.Name ? null
            : kernels[KernelDomain.Number(step.Op)] as ElementwiseKernel;

    private static int IndexOf(IReadOnlyList<Var?> list, Var value) =>
        list.Index().First(pair => pair.Item == value).Index;
}
