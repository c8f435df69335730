using MLNet.Detection.Boxes;

namespace MLNet.Detection.Heads;

/// <summary>A two-stage detector found in a file.</summary>
/// <param name="Head">Its description.</param>
/// <param name="Anchors">The anchors of its first stage, in pixels of the network's picture.</param>
/// <param name="ClassLogits">Name of the class logits of the regions.</param>
/// <param name="BoxDeltas">Name of the box deltas of the regions.</param>
/// <param name="Coder">The code of the box deltas.</param>
/// <param name="Others">Names of outputs that belong to other branches, such as masks and keypoints.</param>
public sealed record TwoStageFinding(TwoStageHead Head, IReadOnlyList<Box> Anchors, string ClassLogits, string BoxDeltas,
    BoxCoder Coder, IReadOnlyList<string> Others)
{
    /// <summary>What speaks for it.</summary>
    public string Reason => $"{Anchors.Count} anchors of {Head.Places.Count} level{(Head.Places.Count == 1 ? "" : "s")} propose "
        + $"regions, which are looked at on {string.Join(", ", Head.Levels.Select(level => $"'{level.Map}'"))}";
}
