using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>An order of computation.</summary>
internal static class StepOrder
{
    /// <summary>The steps, each behind those that it reads.</summary>
    public static IReadOnlyList<Step> Sorted(IReadOnlyList<Step> steps)
    {
        var producer = steps.SelectMany(step => step.Outputs.Select(output => (output, step)))
            .ToDictionary(pair => pair.output, pair => pair.step);
        var (sorted, done) = (new List<Step>(), new HashSet<Step>(ReferenceEqualityComparer.Instance));
        var open = new Stack<(Step Step, bool IsReady)>(steps.Reverse().Select(step => (step, false)));
        while (open.TryPop(out var next))
            if (next.IsReady)
                sorted.Add(next.Step);
            else if (done.Add(next.Step))
            {
                open.Push((next.Step, true));
                foreach (var input in next.Step.Inputs.OfType<Var>())
                    if (producer.TryGetValue(input, out var read) && !done.Contains(read))
                        open.Push((read, false));
            }
        return sorted;
    }
}
