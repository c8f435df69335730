using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Whether outputs may be written over the inputs that they replace: one kernel reads the old and writes the new value
/// of each element, and all others that read the old one must be done before that kernel can begin.
/// </summary>
internal static class SharedMemory
{
    /// <summary>Whether all the pairs may share their memory.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="kernels">The kernels that they run.</param>
    /// <param name="pairs">Inputs, and the outputs that are to lie in their place.</param>
    /// <param name="views">Inputs that lie in the memory of others.</param>
    public static bool IsSafe(IReadOnlyList<Step> steps, IReadOnlyList<Kernel> kernels,
        IEnumerable<(Var Old, Var New)> pairs, IReadOnlyList<VectorView> views)
    {
        var groups = new StepGroups(steps);
        return pairs.All(pair => IsSafe(steps, groups, kernels, pair.Old, pair.New,
            views.Where(view => view.Vector == pair.Old.Name).Select(view => view.Input)));
    }

    // All that lies in the memory of the old value is read before, but for what the writer itself reads of that value.
    private static bool IsSafe(IReadOnlyList<Step> steps, StepGroups groups, IReadOnlyList<Kernel> kernels, Var old,
        Var replaced, IEnumerable<Var> parts)
    {
        if (groups.Producer(replaced) is not { } writer || Kernel(steps[writer], kernels) is not { } kernel)
            return false;
        HashSet<Var?> memory = [old, .. parts];
        var (step, before) = (steps[writer], groups.Before(writer));
        return steps.Index().Where(reader => reader.Item.Inputs.Any(memory.Contains)).All(reader => reader.Index == writer
            ? step.Inputs.Where(memory.Contains).All(input => input == old)
                && kernel.MayShare(IndexOf(step.Inputs, old), IndexOf(step.Outputs, replaced))
            : before.Contains(reader.Index));
    }

    private static Kernel? Kernel(Step step, IReadOnlyList<Kernel> kernels) =>
        step.Domain != KernelDomain.Name ? null : kernels[KernelDomain.Number(step.Op)];

    private static int IndexOf(IReadOnlyList<Var?> list, Var value) =>
        list.Index().First(pair => pair.Item == value).Index;
}
