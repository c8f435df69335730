using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// The sum over a batch in two stages of balanced length, whatever the shape: short last axes are slow to reduce, and
/// one long stage in float32 loses digits. For values that no gradient flows through.
/// </summary>
internal static class StagedSum
{
    /// <summary>A scalar; the first stage is ReduceSum, ReduceSumSquare or ReduceL1. The batch may stay open.</summary>
    public static Var Of(string firstStage, Var values)
    {
        var image = values.Shape.Rank == 0 ? 1 : values.Shape.Size / values.Shape[0];
        var rows = (long)Math.Sqrt(image);
        while (image % rows != 0)
            rows--;
        var table = Op.Apply("Reshape", [values, values.Graph.Constant(-1L, image / rows)]);
        var stage = Op.Apply(firstStage, [table, table.Graph.Constant(1L)], new() { { "keepdims", 0 } });
        return Op.ReduceSum(stage, keep: false);
    }
}
