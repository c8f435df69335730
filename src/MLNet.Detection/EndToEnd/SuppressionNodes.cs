using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// What follows the candidates as nodes: the NonMaxSuppression operator, the best detections by falling score (equal
/// ones in the order of the candidates), boxes in pixels of the original picture.
/// </summary>
internal sealed class SuppressionNodes(NodeWriter nodes, DetectionDecoder decoder, bool groupIsClass)
{
    /// <summary>Boxes [n, 4], scores [n] and labels, Int64 [n].</summary>
    /// <param name="boxes">[G, K, 4].</param>
    /// <param name="scores">[G, C, K].</param>
    /// <param name="perGroup">K.</param>
    /// <param name="scale">Float [4].</param>
    /// <param name="offset">Float [4].</param>
    public (string Boxes, string Scores, string Labels) Detections(
        string boxes, string scores, long perGroup, string scale, string offset)
    {
        // [n, 3]: group, class, place.
        var selected = nodes.Add("NonMaxSuppression", boxes, scores, nodes.Vector(perGroup),
            nodes.Vector(decoder.IouThreshold), nodes.Vector(decoder.ScoreThreshold));
        var candidates = nodes.Add("Add",
            nodes.Add("Mul", Column(selected, 0), nodes.Number(perGroup)), Column(selected, 2));
        var found = nodes.Add("Shape", candidates);
        var inOrder = nodes.TopK(candidates, found, largest: false).Places;
        var score = nodes.Add("Gather", nodes.Add("GatherND", scores, selected), inOrder);
        var count = nodes.Add("Min", found, nodes.Vector((long)decoder.MaxDetections));
        var (best, places) = nodes.TopK(score, count, largest: true);
        var chosen = nodes.Add("Gather", [selected, nodes.Add("Gather", inOrder, places)], ("axis", 0));
        var box = nodes.Add("GatherND", boxes,
            nodes.Add("Gather", [chosen, nodes.Vector(0L, 2L)], ("axis", 1)));
        return (nodes.Add("Div", nodes.Add("Sub", box, offset), scale), best, Column(chosen, groupIsClass ? 0 : 1));
    }

    private string Column(string table, long column) =>
        nodes.Add("Gather", [table, nodes.Number(column)], ("axis", 1));
}
