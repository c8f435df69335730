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
    /// Whether BatchNormalization (inference form) after Conv is folded into the convolution's weights, as training
    /// does: W' = W s, b' = (b - mean) s + beta with s = gamma / sqrt(variance + epsilon). Gradients reach W, b, gamma
    /// and beta through these formulas, and a saved file keeps them apart: both forms compute the same numbers up to
    /// rounding, 1e-5 of the largest.
    /// </summary>
    public bool FoldBatchNormalization { get; init; }

    /// <summary>Where BatchNormalization is read in its training form, what gathers its statistics; null elsewhere.</summary>
    internal BatchStatistics? Statistics { get; init; }
}
