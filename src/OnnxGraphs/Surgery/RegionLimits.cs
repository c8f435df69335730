using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>What a file asks of the regions that it looks at, as its constants say.</summary>
/// <param name="Overlap">Largest overlap of two regions that suppression leaves; null where there is none.</param>
/// <param name="Score">Lowest score; null where all are taken.</param>
/// <param name="Side">Shortest side, pixels; null where all are taken.</param>
public sealed record RegionLimits(float? Overlap, float? Score, float? Side)
{
    private static readonly HashSet<string> Comparisons = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

    private static readonly HashSet<string> Moves = ["Gather", "GatherND", "Reshape", "Squeeze", "Unsqueeze", "Split", "Cast",
        "Slice", "Flatten", "Transpose", "Concat", "Identity", "Clip", "Min", "Max"];

    /// <summary>Reads them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="regions">Name of the regions.</param>
    public static RegionLimits Of(OnnxModel model, string regions)
    {
        List<NodeProto> nodes = [.. GraphReader.Needed(model, [regions]).SelectMany(Subgraphs.WithBodies)];
        var constants = nodes.Where(node => node.OpType == "Constant").ToDictionary(node => node.Output[0],
            node => node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T?.ToTensor());
        var producers = nodes.SelectMany(node => node.Output.Select(output => (output, node)))
            .ToDictionary(pair => pair.output, pair => pair.node);

        float? Number(string name) => (constants.GetValueOrDefault(name)
            ?? (model.Initializers.TryGetValue(name, out var stored) ? stored.ToTensor() : null)) is
            { Type: ElementType.Float32, Shape.Size: 1 } value ? value.Values<float>()[0] : null;

        float? Least(string kind) => nodes.Where(node => Comparisons.Contains(node.OpType)
            && node.Input.Any(input => Source(producers, input) == kind))
            .Select(node => node.Input.Select(Number).FirstOrDefault(number => number is not null)).Max();

        var overlap = nodes.Where(node => node.OpType == "NonMaxSuppression" && node.Input.Count > 3)
            .Select(node => Number(node.Input[3])).FirstOrDefault();
        return new(overlap, Least("Sigmoid"), Least("Sub"));
    }

    // The operator that computed what is compared, before it was moved.
    private static string Source(Dictionary<string, NodeProto> producers, string value)
    {
        while (producers.TryGetValue(value, out var node))
        {
            if (!Moves.Contains(node.OpType))
                return node.OpType;
            value = node.Input[0];
        }
        return "";
    }
}
