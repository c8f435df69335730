using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>Whether a file ends with its best rows, chosen by score and not suppressed: YOLOv10, YOLO26.</summary>
internal static class RowChoice
{
    /// <summary>Whether a TopK lies before the outputs, and no suppression.</summary>
    public static bool IsFinal(OnnxModel model) => model.Proto.Graph.Node.Any(node => node.OpType == "TopK")
        && !model.Proto.Graph.Node.Any(node => node.OpType is "NonMaxSuppression" or "Loop" or "If"
            || node.OpType.Contains("NMS", StringComparison.OrdinalIgnoreCase));
}
