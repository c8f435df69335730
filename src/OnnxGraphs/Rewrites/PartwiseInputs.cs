using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>Lets chains read the parts of a vector where they lie, in place of the Concat that would copy them.</summary>
internal static class PartwiseInputs
{
    /// <summary>Fewer elements are copied in no time.</summary>
    private const long Fewest = 4096;

    /// <summary>The steps without the Concats that only such chains read.</summary>
    /// <param name="steps">In an order of computation.</param>
    /// <param name="results">Values that are read outside.</param>
    /// <param name="choice">Knows the kernels.</param>
    public static IReadOnlyList<Step> Apply(IReadOnlyList<Step> steps, IEnumerable<Var> results, KernelChoice choice)
    {
        HashSet<Var> read = [.. results];
        var groups = new StepGroups(steps);
        var replaced = steps.ToArray<Step?>();
        foreach (var (i, concat) in steps.Index())
        {
            if (concat is not { Op: "Concat", Domain: "", Outputs: [{ Type: ElementType.Float32, Shape: { Rank: 1, Size: >= Fewest } } vector] }
                || read.Contains(vector) || !groups.Readers(i).All(reader => MayReadParts(replaced[reader]!, vector, choice)))
                continue;
            foreach (var reader in groups.Readers(i))
                replaced[reader] = OfParts(replaced[reader]!, concat, choice);
            replaced[i] = null;
        }
        return [.. replaced.OfType<Step>()];
    }

    private static bool MayReadParts(Step step, Var vector, KernelChoice choice) =>
        choice.KernelOf(step) is ElementwiseKernel { HasSums: false } chain && chain.ReadsByElement(IndexOf(step, vector));

    private static Step OfParts(Step step, Step concat, KernelChoice choice)
    {
        var input = IndexOf(step, concat.Outputs[0]);
        return choice.Use(new PartwiseKernel((ElementwiseKernel)choice.KernelOf(step)!, input,
            [.. concat.Inputs.Select(part => new TypedShape(part!.Type, part.Shape))]),
            [.. step.Inputs.Where((_, i) => i != input), .. concat.Inputs], step.Outputs);
    }

    private static int IndexOf(Step step, Var input) => step.Inputs.Index().First(pair => pair.Item == input).Index;
}
