using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>What inputs and outputs seem to hold.</summary>
internal static class ValueMeaning
{
    private static readonly HashSet<string> Choices = ["NonMaxSuppression", "TopK", "NonZero"];

    public static ValueSummary Input(ValueInfoProto input)
    {
        var shape = Dims(input);
        var picture = shape.Count >= 3 ? shape[^3..] : [];
        var meaning = picture is ["3", _, _] ? "pictures, colours first" : picture is [_, _, "3"]
            ? "pictures, colours last" : shape is [_, "1", _, _] or [_, _, _, "1"] ? "pictures, grey" : "not a picture";
        return new(input.Name, Type(input), shape, shape.Count == 3 && meaning != "not a picture"
            ? "one picture" + meaning["pictures".Length..] + ", no batch axis" : meaning);
    }

    public static ValueSummary Output(ValueGraph graph, ValueInfoProto output, IReadOnlyList<CutPoint> cuts)
    {
        var raw = cuts.FirstOrDefault(cut => cut.Value == output.Name);
        var roles = cuts.Where(cut => cut.Outputs.Contains(output.Name)).ToList();
        var chosen = IsChosen(graph, output.Name, [.. cuts.Select(cut => cut.Value)]) ? " of chosen places" : "";
        var meaning = raw is not null ? Raw(raw.Role) : Type(output) is nameof(ElementType.Int64)
            or nameof(ElementType.Int32) ? "labels, counts or indices" : roles.Count switch
            {
                0 => chosen.Length > 0 ? "labels, counts or indices" : "not known",
                1 => Computed(roles[0]) + chosen,
                _ => string.Join(" and ", roles.Select(Computed).Distinct()) + " together" + chosen,
            };
        return new(output.Name, Type(output), Dims(output), meaning);
    }

    private static string Raw(HeadRole role) => role switch
    {
        HeadRole.Classes => "class logits, raw", HeadRole.Boxes => "boxes, raw (deltas or distances)",
        HeadRole.Objectness => "objectness or centerness, raw", _ => "raw, classes or boxes",
    };

    private static string Computed(CutPoint cut) => cut.Role switch
    {
        HeadRole.Classes => cut.Activation is { } activation ? $"class scores ({activation})" : "class scores",
        HeadRole.Boxes => "decoded boxes", HeadRole.Objectness => "objectness or centerness", _ => "classes or boxes",
    };

    private static bool IsChosen(ValueGraph graph, string name, HashSet<string> raw)
    {
        var (seen, open) = (new HashSet<string>(), new Stack<string>([name]));
        while (open.TryPop(out var value))
            if (!raw.Contains(value) && seen.Add(value) && graph.Producers.TryGetValue(value, out var node))
            {
                if (Choices.Contains(node.OpType))
                    return true;
                foreach (var read in ValueGraph.Reads(node))
                    open.Push(read);
            }
        return false;
    }

    private static string Type(ValueInfoProto value) => $"{(ElementType)(value.Type?.TensorType?.ElemType ?? 0)}";

    private static List<string> Dims(ValueInfoProto value) =>
        [.. value.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue ? $"{dim.DimValue}"
            : dim.DimParam is { Length: > 0 } name ? name : "?") ?? []];
}
