using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>What a network says of each of its places, in the numbers in which a student can follow a teacher.</summary>
/// <param name="Classes">Class logits [B, N, C], background among them where there is one.</param>
/// <param name="Softmax">Whether one softmax runs over them, else a sigmoid for each.</param>
/// <param name="Boxes">[B, N, 4] in units of a place: deltas, distances in strides, corners in sizes of the anchor.</param>
internal sealed record PlaceValues(Var Classes, bool Softmax, Var Boxes)
{
    /// <summary>Logits [B, N, 1] of whether there is anything; null where the head has none.</summary>
    public Var? Objectness { get; init; }

    /// <summary>The column of "nothing here"; null where there is none.</summary>
    public int? Background { get; init; }

    /// <summary>The probability of the most probable class, [B, N].</summary>
    public Var Confidence()
    {
        var p = Softmax ? Op.Softmax(Classes) : Op.Logistic(Classes);
        if (Background is { } column)
            p *= Classes.Graph.Constant(Tensor.Vector<float>(
                [.. Enumerable.Range(0, (int)Classes.Shape[2]).Select(c => c == column ? 0f : 1f)]));
        var best = Op.ReduceMax(p, [2], keep: false);
        return Objectness is null ? best : best * Op.Squeeze(Op.Logistic(Objectness), 2);
    }
}
