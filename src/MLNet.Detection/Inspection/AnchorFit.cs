using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;

namespace MLNet.Detection.Inspection;

/// <summary>How an anchor scheme fits a detector's feature maps.</summary>
/// <param name="Known">The scheme.</param>
/// <param name="Count">
/// Anchors that it lays over these maps; null where it has another number of levels than the detector.
/// </param>
/// <param name="Fits">Whether the number on every level is the head's.</param>
/// <param name="Distance">
/// Largest difference of a corner to the anchors in the file, pixels; null where one of them is not there.
/// </param>
public sealed record AnchorFit(KnownAnchors Known, int? Count, bool Fits, float? Distance)
{
    /// <summary>All known schemes against a detector.</summary>
    /// <param name="maps">Feature maps of the head, in its order.</param>
    /// <param name="perCell">Anchors that a cell of each map has.</param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <param name="found">Anchors found in the file; null where there are none.</param>
    public static IReadOnlyList<AnchorFit> All(
        IReadOnlyList<GridSize> maps, IReadOnlyList<int> perCell, int width, int height, IReadOnlyList<Box>? found) =>
        [.. KnownAnchors.All.Select(known => Of(known, maps, perCell, width, height, found))];

    private static AnchorFit Of(KnownAnchors known, IReadOnlyList<GridSize> maps, IReadOnlyList<int> perCell,
        int width, int height, IReadOnlyList<Box>? found)
    {
        if (known.Scheme.Levels != maps.Count)
            return new(known, null, false, null);
        var count = maps.Select((map, level) => map.Width * map.Height * known.Scheme.AnchorsPerCell(level)).Sum();
        var fits = perCell.Index().All(at => at.Item == known.Scheme.AnchorsPerCell(at.Index));
        var distance = !fits || found is null || found.Count != count ? (float?)null
            : known.Scheme.Generate(width, height, [.. maps]).Zip(found, KnownAnchors.Distance).Max();
        return new(known, count, fits, distance);
    }
}
