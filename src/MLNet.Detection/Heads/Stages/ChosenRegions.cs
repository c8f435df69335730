using MLNet.Detection.Boxes;

namespace MLNet.Detection.Heads;

/// <summary>Regions of a picture that its second stage learns.</summary>
/// <param name="Boxes">In pixels of the network's picture.</param>
/// <param name="Levels">The map of each, from 0.</param>
/// <param name="Labels">0 for background, else one more than the class.</param>
/// <param name="Targets">Deltas from the region to its object; 0 for background.</param>
internal sealed record ChosenRegions(Box[] Boxes, int[] Levels, int[] Labels, BoxDelta[] Targets)
{
    /// <summary>A region far from every map, where all features are 0.</summary>
    public static Box Elsewhere { get; } = new(-1e5f, -1e5f, -1e5f + 1, -1e5f + 1);

    /// <summary>No regions.</summary>
    public static ChosenRegions None { get; } = new([], [], [], []);
}
