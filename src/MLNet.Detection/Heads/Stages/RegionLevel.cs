using MLNet.Detection.Boxes;

namespace MLNet.Detection.Heads;

/// <summary>A map that a second stage takes regions' features from.</summary>
/// <param name="Value">Name of the features in the file, the output of its RoiAlign.</param>
/// <param name="Map">Name of the map.</param>
/// <param name="From">Regions of at least this size, the root of their area in pixels of the network's picture, belong
/// to
/// the map, unless they belong to a later one.</param>
public sealed record RegionLevel(string Value, string Map, float From)
{
    /// <summary>The map of a region, from 0.</summary>
    internal static int Of(IReadOnlyList<RegionLevel> levels, Box region)
    {
        var (size, level) = (MathF.Sqrt(region.Area), levels.Count - 1);
        while (level > 0 && size < levels[level].From)
            level--;
        return level;
    }
}
