using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>Boxes as files write them, to compare with those decoded here: corners, corner and size, centre and size, each
/// with either axis first; in pixels of the network's picture or of another one, or parts of it; clipped to it or
/// not.</summary>
internal sealed class BoxForms(Box[] own, ImageInput input, float overlap, float slack)
{
    private const int Sample = 32, LeastFrame = 32;

    private static readonly Func<float, float, float, float, Box>[] Layouts =
    [
        (a, b, c, d) => new(a, b, c, d),
        Box.FromCxcywh,
        (a, b, c, d) => new(b, a, d, c),
        Box.FromXywh,
        (a, b, c, d) => Box.FromCxcywh(b, a, d, c),
        (a, b, c, d) => Box.FromXywh(b, a, d, c),
    ];

    private readonly Box[] _clipped = [.. own.Select(box => Inside(box, input))];

    /// <summary>Whether four columns of a table have the boxes, row by row.</summary>
    /// <param name="rows">The table, row by row.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="start">The first of the four.</param>
    /// <param name="clipped">Whether they are clipped to the picture, which may make boxes equal that are not.</param>
    public bool Find(float[] rows, int columns, int start, bool clipped)
    {
        var kept = Kept(rows, columns, start);
        if (kept.Length < Math.Min(16, own.Length))
            return false;
        int[] few = kept.Length <= Sample ? kept : [.. Enumerable.Range(0, Sample).Select(i => kept[i * (long)kept.Length / Sample])];
        return Layouts.Any(layout => Agrees(few, layout) && Agrees(kept, layout));

        bool Agrees(int[] places, Func<float, float, float, float, Box> layout)
        {
            Box[] boxes = [.. places.Select(place => Read(rows, columns, start, place, layout))];
            var wanted = Of(clipped ? _clipped : own, places);
            return Scales(boxes, wanted).Any(scale =>
            {
                Box[] scaled = [.. boxes.Select(box => box.Scale(scale.X, scale.Y))];
                return TailValues.AreSame(clipped ? [.. scaled.Select(box => Inside(box, input))] : scaled, wanted, overlap, slack)
                    && (!clipped || scaled.All(IsInside));
            });
        }
    }

    private bool IsInside(Box box) => Math.Min(box.X0, box.Y0) >= -slack && box.X1 <= input.Width + slack
        && box.Y1 <= input.Height + slack;

    /// <summary>Rows that have a box: those below a threshold are often filled with one number.</summary>
    public int[] Kept(float[] rows, int columns, int start) => [.. Enumerable.Range(0, own.Length).Where(place =>
        rows.AsSpan(place * columns + start, 4).ContainsAnyExcept(rows[place * columns + start]))];

    /// <summary>The boxes in the form that comes nearest.</summary>
    public Box[] Nearest(float[] rows, int columns, int start) => Layouts
        .SelectMany(layout => ((float X, float Y)[])[(1, 1), (input.Width, input.Height)], (layout, scale) => own.Select((_, place) =>
            Read(rows, columns, start, place, layout).Scale(scale.X, scale.Y)).ToArray())
        .MaxBy(boxes => boxes.Zip(own, BoxOverlap.IntersectionOverUnion).Sum(share => (double)share))!;

    private static Box Read(float[] rows, int columns, int start, int place, Func<float, float, float, float, Box> layout)
    {
        var at = place * columns + start;
        return layout(rows[at], rows[at + 1], rows[at + 2], rows[at + 3]);
    }

    private IEnumerable<(float X, float Y)> Scales(Box[] boxes, Box[] wanted)
    {
        yield return (1, 1);
        yield return (input.Width, input.Height);
        var x = LeastSquares.Factor(boxes.Zip(wanted, (a, b) => (a.X0, b.X0)).Concat(boxes.Zip(wanted, (a, b) => (a.X1, b.X1))));
        var y = LeastSquares.Factor(boxes.Zip(wanted, (a, b) => (a.Y0, b.Y0)).Concat(boxes.Zip(wanted, (a, b) => (a.Y1, b.Y1))));
        if (IsFrame(input.Width / x) && IsFrame(input.Height / y))
            yield return (x, y);
    }

    // The width or height of a picture: a whole number of pixels, and not few.
    private static bool IsFrame(float size) => size >= LeastFrame && Math.Abs(size - MathF.Round(size)) < 1e-3f * size
        && float.IsFinite(size);

    private static Box[] Of(Box[] boxes, int[] places) => [.. places.Select(place => boxes[place])];

    // Some clip to the last pixel, and some to the edge behind it.
    private static Box Inside(Box box, ImageInput input) => box.Clip(input.Width - 1, input.Height - 1);
}
