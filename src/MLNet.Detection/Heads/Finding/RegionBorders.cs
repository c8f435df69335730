using MLNet.Detection.Boxes;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// Which of its maps a file looks at a region on, by the region's size: squares of rising size are given to the file's
/// own
/// choice, ever finer around the sizes where it changes.
/// </summary>
internal sealed class RegionBorders(RegionTail tail)
{
    // Sizes that are tried for each step towards a border between two maps.
    private const int Tried = 600;

    /// <summary>The maps with the sizes of their regions.</summary>
    /// <exception cref="ModelException">The choice of a region's map does not follow from its area.</exception>
    public IReadOnlyList<RegionLevel> Find()
    {
        if (tail.Stage.Pools.Count == 1)
            return [new(tail.Stage.Pools[0].Value, tail.Stage.Pools[0].Map, 0)];
        float[] sizes = [.. Enumerable.Range(0, Tried).Select(i => MathF.Pow(8192, i / (Tried - 1f)))];
        if (LevelsOf(sizes, 4).Zip(LevelsOf(sizes, 1)).Count(pair => pair.First != pair.Second) > tail.Stage.Pools.Count)
            throw new ModelException($"{tail.Model.Path}: the map of a region follows from more than its area; such a choice "
                + "cannot be trained.");
        for (var turn = 0; turn < 2; turn++)
            sizes = [.. Borders(sizes).Where(border => border.Above < float.PositiveInfinity)
                .SelectMany(border => Enumerable.Range(0, Tried).Select(i =>
                    border.Below + (border.Above - border.Below) * i / (Tried - 1f))).Distinct().Order()];
        var borders = Borders(sizes);
        // Of maps of one size torchvision looks at the first alone.
        return [.. tail.Stage.Pools
            .Select((pool, i) => new RegionLevel(pool.Value, pool.Map, i == 0 ? 0 : borders[i - 1].Above))
            .Where(level => level.From < float.PositiveInfinity)];
    }

    // Between which sizes each later map begins.
    private (float Below, float Above)[] Borders(float[] sizes)
    {
        var levels = LevelsOf(sizes, 1);
        if (levels.Zip(levels.Skip(1)).Any(pair => pair.First > pair.Second))
            throw new ModelException($"{tail.Model.Path}: larger regions belong to earlier maps; such a choice cannot be "
                + "trained.");
        return [.. Enumerable.Range(1, tail.Stage.Pools.Count - 1)
            .Select(level => Array.FindIndex(levels, own => own >= level) switch
            {
                < 0 => (0, float.PositiveInfinity), 0 => (0, sizes[0]), var at => (sizes[at - 1], sizes[at]),
            })];
    }

    // The map of regions whose area has these roots, wider than high by a factor.
    private int[] LevelsOf(float[] sizes, float aspect)
    {
        var stretch = MathF.Sqrt(aspect);
        Box[] regions = [.. sizes.Select(size => new Box(0, 0, size * stretch, size / stretch))];
        string[] values = [.. tail.Stage.Pools.Select(pool => tail.Model.Producers[pool.Value].Input[1])];
        var run = tail.Run(regions, values);
        var (place, levels) = (regions.Index().ToDictionary(region => region.Item.X1, region => region.Index),
            new int[regions.Length]);
        foreach (var (level, value) in values.Index())
            foreach (var box in BoxConversion.ToBoxes(run[value].Values<float>(), BoxFormat.Xyxy))
                levels[place.TryGetValue(box.X1, out var at) ? at : throw new ModelException(
                    $"{tail.Model.Path}: the regions that '{tail.Stage.Pools[level].Value}' looks at are not those of "
                    + $"'{tail.Stage.Regions}'.")] = level;
        return levels;
    }
}
