using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>How a model becomes a graph.</summary>
public sealed record ReadOptions
{
    /// <summary>
    /// Shapes of inputs by name, where they differ from the file's (another batch size) or the file leaves them open.
    /// </summary>
    public IReadOnlyDictionary<string, TensorShape> InputShapes { get; init; } = new Dictionary<string, TensorShape>();

    /// <summary>Which stored tensors become inputs of the graph, to be trained; the others are constants.</summary>
    public Func<string, bool> IsParameter { get; init; } = _ => false;

    /// <summary>
    /// Whether BatchNormalization (inference form) after Conv is folded into the convolution's weights.
    /// </summary>
    public bool FoldBatchNormalization { get; init; }
}
