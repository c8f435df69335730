using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// Heat maps around the centres of objects, as CenterNet learns them: 1 in the cell of the centre, and a bell around it as
/// wide as a box may be shifted and still overlap. Law and Deng 2018, https://arxiv.org/abs/1808.01244
/// </summary>
/// <param name="Overlap">The overlap that a shifted box must keep.</param>
public sealed record CentreHeat(float Overlap = 0.7f)
{
    /// <summary>Draws the objects of a picture.</summary>
    /// <param name="truths">Their boxes in cells.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="columns">Cells in a row.</param>
    /// <param name="heat">[rows, columns, classes]: the heat, 0 at first.</param>
    /// <param name="matches">[rows, columns]: the object whose centre lies in the cell, else negative as it is.</param>
    public void Draw(
        ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, int columns, Span<float> heat, Span<int> matches)
    {
        var (rows, classes) = (matches.Length / columns, heat.Length / matches.Length);
        for (var i = 0; i < truths.Length; i++)
        {
            var (x, y) = (Math.Clamp((int)truths[i].CenterX, 0, columns - 1), Math.Clamp((int)truths[i].CenterY, 0, rows - 1));
            matches[y * columns + x] = i;
            var radius = Radius(MathF.Ceiling(truths[i].Width), MathF.Ceiling(truths[i].Height));
            var variance = MathF.Pow((2 * radius + 1) / 6f, 2);
            for (var row = Math.Max(0, y - radius); row <= Math.Min(rows - 1, y + radius); row++)
                for (var column = Math.Max(0, x - radius); column <= Math.Min(columns - 1, x + radius); column++)
                {
                    ref var cell = ref heat[(row * columns + column) * classes + labels[i]];
                    cell = MathF.Max(cell, MathF.Exp(
                        -((column - x) * (column - x) + (row - y) * (row - y)) / (2 * variance)));
                }
        }
    }

    // The least shift of both corners at which the overlap falls to the wanted one: corners go the same way, both inwards
    // or both outwards.
    private int Radius(float width, float height)
    {
        var (sum, area) = (width + height, width * height);
        var shifted = Root(1, sum, area * (1 - Overlap) / (1 + Overlap));
        var smaller = Root(4, 2 * sum, (1 - Overlap) * area);
        // A larger box: 4 o r^2 + 2 o (w + h) r = (1 - o) w h.
        var larger = (-2 * Overlap * sum + MathF.Sqrt(4 * Overlap * Overlap * sum * sum + 16 * Overlap * (1 - Overlap) * area))
            / (8 * Overlap);
        return Math.Max(0, (int)MathF.Min(MathF.Min(shifted, smaller), larger));
    }

    // The smaller root of a r^2 - b r + c.
    private static float Root(float a, float b, float c) => (b - MathF.Sqrt(MathF.Max(0, b * b - 4 * a * c))) / (2 * a);
}
