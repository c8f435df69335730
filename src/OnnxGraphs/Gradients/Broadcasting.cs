using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>Undoes the broadcasting of operands in their gradients, once for all rules.</summary>
internal static class Broadcasting
{
    /// <summary>
    /// The gradient in its input's shape: summed over the axes along which the input was repeated. A gradient smaller
    /// than its input stands for its broadcast form; the rules that need it whole get it expanded.
    /// </summary>
    public static Var Undo(Var gradient, TensorShape shape)
    {
        if (shape.Equals(TensorShape.Broadcast(gradient.Shape, shape)))
            return gradient;
        var extra = gradient.Shape.Rank - shape.Rank;
        long[] axes = [.. Enumerable.Range(0, gradient.Shape.Rank)
            .Where(i => i < extra || (shape[i - extra] == 1 && gradient.Shape[i] != 1)).Select(i => (long)i)];
        return Op.Reshape(Op.ReduceSum(gradient, axes, keep: false), shape);
    }
}
