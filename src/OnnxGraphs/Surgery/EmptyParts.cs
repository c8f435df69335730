using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Empty vectors that exporters leave among the parts of a Concat (PyTorch's cat takes them with parts of any rank, ONNX does
/// not): without them the file means the same, and ONNX Runtime reads it.
/// </summary>
public static class EmptyParts
{
    /// <summary>The model without them; itself where it has none.</summary>
    public static OnnxModel Drop(OnnxModel model)
    {
        var graph = new ValueGraph(model);
        bool IsEmpty(string input) => graph.IsConstant(input) && graph.Constant(input) is { Shape: { Rank: 1, Size: 0 } };
        var concats = model.Proto.Graph.Node.Index()
            .Where(at => at.Item.OpType == "Concat" && at.Item.Input.Count > 1 && at.Item.Input.Any(IsEmpty)).ToList();
        if (concats.Count == 0)
            return model;
        var copy = model.Clone();
        foreach (var (index, concat) in concats)
        {
            string[] parts = [.. concat.Input.Where(input => !IsEmpty(input))];
            var inputs = copy.Proto.Graph.Node[index].Input;
            inputs.Clear();
            inputs.Add(parts.Length > 0 ? parts : [.. concat.Input.Take(1)]);
        }
        return copy;
    }
}
