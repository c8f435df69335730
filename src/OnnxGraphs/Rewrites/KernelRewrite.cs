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
/// <param name="Views">Inputs that the model has in place of parts of vectors.</param>
/// <param name="MayShare">Whether each output may lie where the input that it replaces does.</param>
internal sealed record KernelRewrite(
    OnnxModel Model, IReadOnlyList<Kernel> Kernels, IReadOnlyList<VectorView> Views, bool MayShare)
{
    /// <summary>Null where the processor has no vectors.</summary>
    /// <param name="outputs">The values to compute.</param>
    /// <param name="inputs">Inputs to declare; null for those that the values need.</param>
    /// <param name="replaced">Inputs, and the outputs that are their next values.</param>
    /// <param name="viewed">Inputs whose parts may be fed.</param>
    public static KernelRewrite? Of(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs,
        IReadOnlyList<(Var Old, Var New)> replaced, IReadOnlyList<Var> viewed)
    {
        if (InnerLoops.Widest() is not { } loops)
            return null;
        var choice = new KernelChoice(loops);
        var list = new StepList(outputs, choice.For, inputs);
        var results = outputs.Select(list.Written).ToList();
        var (whole, views) = VectorViews.Apply(list.Steps, viewed, results);
        var fused = ElementwiseFusion.Apply(SharedWeights.Apply(choice.Transposed(whole), choice), results, choice);
        var (steps, kernels) = choice.Numbered(PartwiseInputs.Apply(VectorParts.Last(fused), results, choice));
        var mayShare = replaced.Count > 0 && SharedMemory.IsSafe(steps, kernels,
            replaced.Select(pair => (pair.Old, Source(list.Written(pair.New), steps))), views);
        var fed = inputs ?? [.. list.Leaves.Where(leaf => leaf.Known is null
            && (results.Contains(leaf) || steps.Any(step => step.Inputs.Contains(leaf))))];
        return new(GraphWriter.Write(list, steps, [.. fed, .. views.Select(view => view.Input)]), kernels, views, mayShare);
    }

    // What an output's last Identity, which ONNX Runtime removes, copies.
    private static Var Source(Var value, IReadOnlyList<Step> steps)
    {
        var copy = steps.FirstOrDefault(step => step.Op == "Identity" && step.Outputs[0] == value);
        return copy is null ? value : Source(copy.Inputs[0]!, steps);
    }
}
