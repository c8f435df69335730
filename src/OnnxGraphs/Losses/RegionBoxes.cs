using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>Losses of boxes, one number a box.</summary>
internal static class RegionBoxes
{
    /// <summary>The loss of each of [R, 4] boxes: where it has a number for each of the four, their sum.</summary>
    public static Var Sum(Loss loss, Var boxes, Var wanted)
    {
        var elements = loss.Elements(boxes, wanted);
        return elements.Shape.Rank == 2 ? Op.ReduceSum(elements, [1], keep: false) : elements;
    }
}
