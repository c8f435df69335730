using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>What the anchors of a batch should predict.</summary>
/// <param name="Classes">Int64 [B, N]: class index from 0, -1 for background, -2 for anchors that do not count.</param>
/// <param name="Boxes">Float32 [B, N, 4]: encoded boxes; rows of anchors without a class are not used, but must be
/// finite.</param>
public sealed record DetectionTargets(Var Classes, Var Boxes)
{
    /// <summary>Float32 [1]: the objects of the batch, those without a place of their own included; null: as many as there
    /// are places with a class.</summary>
    public Var? Objects { get; init; }
}
