using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>The anchors of a feature map whose cells all have the same ones, in the order row, column, anchor.</summary>
/// <param name="Stride">Distance of two cells, pixels.</param>
/// <param name="Cell">The anchors of the cell in the corner.</param>
internal sealed record LevelAnchors((float X, float Y) Stride, IReadOnlyList<Box> Cell)
{
    // Files store anchors in parts of the picture, rounded.
    private const float Tolerance = 0.01f;

    /// <summary>The rule behind the anchors of a map; null where its cells differ.</summary>
    /// <param name="anchors">The anchors, pixels.</param>
    /// <param name="grid">The map.</param>
    /// <param name="size">Size of the picture, pixels.</param>
    public static LevelAnchors? Of(IReadOnlyList<Box> anchors, GridSize grid, (int Width, int Height) size)
    {
        var level = new LevelAnchors(StrideOf(size.Width, size.Height, grid),
            [.. anchors.Take(anchors.Count / (grid.Width * grid.Height))]);
        return level.Over(grid).Zip(anchors, Distance).All(distance => distance <= Tolerance * level.Stride.X) ? level : null;
    }

    /// <summary>
    /// The stride of a map. The last cells may reach over the picture's edge: of powers of two the one that gives the map's
    /// cells, else the picture by the cells.
    /// </summary>
    public static (float X, float Y) StrideOf(int width, int height, GridSize grid)
    {
        for (var stride = 2; stride <= 512; stride *= 2)
            if (GridSize.FromStride(width, height, stride) == grid)
                return (stride, stride);
        return ((float)width / grid.Width, (float)height / grid.Height);
    }

    /// <summary>Whether a map of a picture has the same stride.</summary>
    public bool Fits(GridSize grid, int width, int height) =>
        Near((float)width / grid.Width, Stride.X) && Near((float)height / grid.Height, Stride.Y);

    /// <summary>The anchors of a map of any size.</summary>
    public IEnumerable<Box> Over(GridSize grid)
    {
        for (var row = 0; row < grid.Height; row++)
            for (var column = 0; column < grid.Width; column++)
                foreach (var anchor in Cell)
                    yield return anchor.Offset(column * Stride.X, row * Stride.Y);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) <= 1e-4f * b;

    private static float Distance(Box a, Box b) => Math.Max(
        Math.Max(Math.Abs(a.X0 - b.X0), Math.Abs(a.Y0 - b.Y0)), Math.Max(Math.Abs(a.X1 - b.X1), Math.Abs(a.Y1 - b.Y1)));
}
