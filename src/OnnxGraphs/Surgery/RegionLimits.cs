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

    private const string AnyScore = "regions/any_score";

    /// <summary>Reads them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="regions">Name of the regions.</param>
    public static RegionLimits Of(OnnxModel model, string regions)
    {
        var nodes = new RegionNodes(model, [regions]);
        var overlap = nodes.All.Where(node => node.OpType == "NonMaxSuppression" && node.Input.Count > 3)
            .Select(node => nodes.Number(node.Input[3])).FirstOrDefault();
        return new(overlap, Least(nodes, "Sigmoid"), Least(nodes, "Sub"));
    }

    /// <summary>
    /// A copy of a model that looks at regions of any score: in a picture of noise a trained one finds none to look at. The
    /// model itself where it asks for no score.
    /// </summary>
    public static OnnxModel WithoutScore(OnnxModel model)
    {
        if (model.Initializers.ContainsKey(AnyScore) || Least(OfFirstRegions(model), "Sigmoid") is null)
            return model;
        var copy = model.Clone();
        var nodes = OfFirstRegions(copy);
        copy.Proto.Graph.Initializer.Add(Tensor.Scalar(ElementType.Float32, -1).ToProto(AnyScore));
        foreach (var node in nodes.Comparisons("Sigmoid"))
            for (var i = 0; i < node.Input.Count; i++)
                if (nodes.Number(node.Input[i]) is not null)
                    node.Input[i] = AnyScore;
        return copy;
    }

    /// <summary>What a copy of that kind became, with the scores of the file that it was made of.</summary>
    /// <param name="model">The copy, changed elsewhere.</param>
    /// <param name="file">The file.</param>
    public static OnnxModel WithScoreOf(OnnxModel model, OnnxModel file)
    {
        if (!model.Initializers.ContainsKey(AnyScore))
            return model;
        var (copy, nodes) = (model.Clone(), All(file).DistinctBy(node => node.Output[0]).ToDictionary(node => node.Output[0]));
        foreach (var node in All(copy).Where(node => node.Input.Contains(AnyScore)))
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == AnyScore ? nodes[node.Output[0]].Input[i] : node.Input[i];
        copy.Proto.Graph.Initializer.Remove(copy.Initializers[AnyScore]);
        return copy;

        static IEnumerable<NodeProto> All(OnnxModel model) => model.Proto.Graph.Node.SelectMany(Subgraphs.WithBodies);
    }

    private static RegionNodes OfFirstRegions(OnnxModel model) => new(model,
        [.. model.Proto.Graph.Node.Where(node => node.OpType == "RoiAlign").Take(1).Select(node => node.Input[1])]);

    private static float? Least(RegionNodes nodes, string kind) => nodes.Comparisons(kind)
        .Select(node => node.Input.Select(nodes.Number).FirstOrDefault(number => number is not null)).Max();

    // What regions come from, bodies of conditions included.
    private sealed class RegionNodes
    {
        private readonly OnnxModel _model;
        private readonly Dictionary<string, Tensor?> _constants;
        private readonly Dictionary<string, NodeProto> _producers;

        public RegionNodes(OnnxModel model, IReadOnlyList<string> regions)
        {
            (_model, All) = (model, [.. GraphReader.Needed(model, regions).SelectMany(Subgraphs.WithBodies)]);
            _constants = All.Where(node => node.OpType == "Constant").ToDictionary(node => node.Output[0],
                node => node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T?.ToTensor());
            _producers = All.SelectMany(node => node.Output.Select(output => (output, node)))
                .ToDictionary(pair => pair.output, pair => pair.node);
        }

        public IReadOnlyList<NodeProto> All { get; }

        /// <summary>Comparisons of what an operator computed with numbers.</summary>
        public IEnumerable<NodeProto> Comparisons(string kind) => All.Where(node =>
            RegionLimits.Comparisons.Contains(node.OpType) && node.Input.Any(input => Source(input) == kind));

        /// <summary>A stored number; null of others.</summary>
        public float? Number(string name) => (_constants.GetValueOrDefault(name)
            ?? (_model.Initializers.TryGetValue(name, out var stored) ? stored.ToTensor() : null)) is
            { Type: ElementType.Float32, Shape.Size: 1 } value ? value.Values<float>()[0] : null;

        // The operator that computed what is compared, before it was moved.
        private string Source(string value)
        {
            while (_producers.TryGetValue(value, out var node))
            {
                if (!Moves.Contains(node.OpType))
                    return node.OpType;
                value = node.Input[0];
            }
            return "";
        }
    }
}
