using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Convolutions;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Makes one step of convolutions that have their weights in common and do not wait for each other.</summary>
internal static class SharedWeights
{
    /// <summary>The steps, in an order of computation.</summary>
    /// <param name="steps">Steps in such an order.</param>
    /// <param name="choice">Knows the kernels.</param>
    public static IReadOnlyList<Step> Apply(IReadOnlyList<Step> steps, KernelChoice choice)
    {
        var groups = new StepGroups(steps);
        var alike = steps.Index().Where(step => choice.KernelOf(step.Item) is WinogradConvolution)
            .GroupBy(step => (choice.KernelOf(step.Item)!.Name, step.Item.Inputs[1], step.Item.Inputs.ElementAtOrDefault(2)),
                step => step.Index);
        foreach (var sharing in alike)
            foreach (var step in sharing.Skip(1))
                // With the first ones that it does not wait for.
                _ = sharing.TakeWhile(before => before < step).Any(before =>
                    !groups.Members(before).Any(member => groups.Readers(member).Contains(step)) && groups.TryJoin(before, step));
        return StepOrder.Sorted([.. groups.All.Select(group => group.Count == 1 ? Alone(steps[group[0]], choice)
            : Joined([.. group.Order().Select(i => steps[i])], choice))]);
    }

    // What maps weights for itself alone may do so piece by piece.
    private static Step Alone(Step step, KernelChoice choice) => (choice.KernelOf(step) as WinogradConvolution)?.ForSmallMaps()
        is { } small ? choice.Use(small, step.Inputs.OfType<Var>().ToList(), step.Outputs) : step;

    private static Step Joined(IReadOnlyList<Step> levels, KernelChoice choice) => choice.Use(
        new WinogradLevels([.. levels.Select(level => (WinogradConvolution)choice.KernelOf(level)!)]),
        [.. levels.Select(level => level.Inputs[0]), .. levels[0].Inputs.Skip(1).OfType<Var>()],
        [.. levels.Select(level => level.Outputs[0])]);
}
