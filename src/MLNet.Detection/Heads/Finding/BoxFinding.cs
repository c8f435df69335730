using MLNet.Detection.Anchors;

namespace MLNet.Detection.Heads;

/// <summary>Boxes whose meaning a file's own decoding proves.</summary>
/// <param name="Head">Levels with the boxes alone, and the code.</param>
/// <param name="Scheme">The anchors, where the code has them.</param>
/// <param name="Table">The values of the tail that are the same.</param>
/// <param name="Map">Which of each level's maps has the boxes.</param>
internal sealed record BoxFinding(DenseHead Head, AnchorScheme? Scheme, TailTable Table, int Map);
