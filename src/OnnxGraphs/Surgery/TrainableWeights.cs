using System.IO.Enumeration;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Which stored tensors are weights: floats, or quantised floats, in the weight slots of operators, on the way to the
/// wanted values.
/// </summary>
public static class TrainableWeights
{
    // Input slots that hold weights. The statistics of BatchNormalization (slots 3 and 4) are never trained.
    private static readonly Dictionary<string, int[]> Slots = new()
    {
        ["Conv"] = [1, 2], ["ConvTranspose"] = [1, 2], ["Gemm"] = [0, 1, 2], ["MatMul"] = [0, 1], ["PRelu"] = [1],
        ["BatchNormalization"] = [1, 2], ["LayerNormalization"] = [1, 2], ["InstanceNormalization"] = [1, 2],
        ["GroupNormalization"] = [1, 2], ["RMSNormalization"] = [1],
    };

    /// <summary>
    /// Names of the weights that the values depend on, in the order of their first use, without those that match a
    /// frozen glob.
    /// </summary>
    /// <exception cref="ModelException">A glob matches nothing, or nothing is left to train.</exception>
    public static IReadOnlyList<string> Of(
        OnnxModel model, IReadOnlyList<string> values, IReadOnlyList<string>? frozen = null)
    {
        var all = All(model, values);
        foreach (var glob in frozen ?? [])
            if (!all.Any(name => Matches(glob, name)))
                throw new ModelException(
                    $"{model.Path}: no weight matches the frozen glob '{glob}'. Weights are, for example, "
                    + $"{string.Join(", ", all.Take(4).Select(name => $"'{name}'"))}.");
        var trained = all.Where(name => frozen is null || !frozen.Any(glob => Matches(glob, name))).ToList();
        return trained.Count > 0 ? trained : throw new ModelException($"{model.Path}: nothing is left to train before "
            + $"{string.Join(", ", values)}: {all.Count} weights found, all frozen; freeze fewer.");
    }

    private static bool Matches(string glob, string name) =>
        FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false);

    private static List<string> All(OnnxModel model, IReadOnlyList<string> values)
    {
        var (weights, producers) = (new StoredWeights(model), model.Producers);
        var nodes = GraphReader.Needed(model, values).SelectMany(Subgraphs.WithBodies);
        return [.. nodes.SelectMany(node => WeightSlots(node, weights, producers)).Distinct()];
    }

    private static IEnumerable<string> WeightSlots(
        NodeProto node, StoredWeights weights, IReadOnlyDictionary<string, NodeProto> producers)
    {
        if (Slots.TryGetValue(node.OpType, out var slots))
            return slots.Where(slot => slot < node.Input.Count).Select(slot => weights.Behind(node.Input[slot]))
                .OfType<string>();
        // A vector added to a value that is not stored itself: the bias of a linear layer exported as MatMul and Add.
        List<string> stored = node.OpType == "Add" ? [.. node.Input.Select(weights.Behind).OfType<string>()] : [];
        return stored.Count == 1 && (IsNamedBias(stored[0]) || FollowsMatMul(node, producers)) ? stored : [];
    }

    private static bool IsNamedBias(string name) => name.EndsWith("bias", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a sum adds to the result of a MatMul: then it is a linear layer's bias.</summary>
    internal static bool FollowsMatMul(NodeProto node, IReadOnlyDictionary<string, NodeProto> producers) =>
        node.Input.Any(input => producers.TryGetValue(ValueGraph.BeforeRounding(producers, input), out var before)
            && before.OpType == "MatMul");
}
