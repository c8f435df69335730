using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Feeds the parts of vectors in place of the Splits that would copy them: a network's weights are then read where the
/// optimiser wrote them.
/// </summary>
internal static class VectorViews
{
    /// <summary>The steps without those Splits, and the inputs that they need instead.</summary>
    /// <param name="steps">In an order of computation.</param>
    /// <param name="vectors">Inputs whose parts may be fed.</param>
    /// <param name="results">Values that are read outside.</param>
    public static (IReadOnlyList<Step> Steps, IReadOnlyList<VectorView> Views) Apply(IReadOnlyList<Step> steps,
        IEnumerable<Var> vectors, IEnumerable<Var> results)
    {
        HashSet<Var> viewed = [.. vectors], read = [.. results];
        var dropped = new HashSet<Step>(ReferenceEqualityComparer.Instance);
        var readers = steps.SelectMany(step => step.Inputs.OfType<Var>().Distinct().Select(input => (input, step)))
            .ToLookup(pair => pair.input, pair => pair.step);
        var views = new List<VectorView>();
        foreach (var split in steps.Where(step => step is { Op: "Split", Domain: "" } && viewed.Contains(step.Inputs[0]!)
            && !step.Outputs.Any(read.Contains)))
        {
            dropped.Add(split);
            var offset = 0L;
            foreach (var part in split.Outputs)
            {
                views.AddRange(Inputs(part).Select(input => new VectorView(input, split.Inputs[0]!.Name, offset)));
                offset += part.Shape.Size;
            }
        }
        return ([.. steps.Where(step => !dropped.Contains(step))], views);

        // The part in the shapes that it is read in.
        IEnumerable<Var> Inputs(Var part)
        {
            var shaped = readers[part].Where(step => step is { Op: "Reshape", Domain: "" } && !read.Contains(step.Outputs[0]))
                .ToList();
            dropped.UnionWith(shaped);
            var others = readers[part].Any(step => !dropped.Contains(step));
            return shaped.Select(step => step.Outputs[0]).Concat(others ? [part] : []);
        }
    }
}
