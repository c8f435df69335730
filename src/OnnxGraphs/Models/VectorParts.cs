using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>
/// The parts of flat vectors, written directly before them, each by one Reshape. ONNX Runtime computes the inputs of a node
/// from the one that comes last in the file to the first, each with all that it needs. So gradients of weights, whose
/// vector begins with the first layer, are computed as the backward pass goes; in another order, what they read is held to
/// its end. A second Reshape would be joined by ONNX Runtime, which puts the joined one at the end of the file.
/// </summary>
internal static class VectorParts
{
    /// <summary>The steps in that order.</summary>
    public static IReadOnlyList<Step> Last(IReadOnlyList<Step> steps)
    {
        var vectors = steps.Where(step => step.Op == "Concat" && step.Outputs[0].Shape.Rank == 1).ToList();
        if (vectors.Count == 0)
            return steps;
        var producers = steps.SelectMany(step => step.Outputs.Select(output => (output, step)))
            .ToDictionary(pair => pair.output, pair => pair.step);
        var readers = steps.SelectMany(step => step.Inputs.OfType<Var>()).CountBy(value => value).ToDictionary();
        var (parts, dropped) = (new Dictionary<Step, List<Step>>(ReferenceEqualityComparer.Instance),
            new HashSet<Step>(ReferenceEqualityComparer.Instance));
        foreach (var vector in vectors)
        {
            parts[vector] = [];
            foreach (var part in vector.Inputs.OfType<Var>().Distinct())
                if (Reshape(part) is { } own && readers[part] == 1 && dropped.Add(own))
                    parts[vector].Add(Joined(own));
        }
        return [.. steps.Where(step => !dropped.Contains(step))
            .SelectMany(step => parts.TryGetValue(step, out var own) ? [.. own, step] : (Step[])[step])];

        Step? Reshape(Var value) => producers.GetValueOrDefault(value) is { Op: "Reshape", Domain: "" } step ? step : null;

        Step Joined(Step part)
        {
            while (Reshape(part.Inputs[0]!) is { } before && readers[before.Outputs[0]] == 1 && dropped.Add(before))
                part = part with { Inputs = [before.Inputs[0], part.Inputs[1]] };
            return part;
        }
    }
}
