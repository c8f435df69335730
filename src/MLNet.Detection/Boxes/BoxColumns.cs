using System.Numerics;

namespace MLNet.Detection.Boxes;

/// <summary>
/// Boxes stored by column (all x0, all y0, ...), so that one box is compared with several at once. Built once for a set
/// of anchors and shared by all threads: it never changes.
/// </summary>
public sealed class BoxColumns
{
    private readonly float[] _x0, _y0, _x1, _y1, _area;

    /// <summary>Copies the boxes into columns.</summary>
    public BoxColumns(ReadOnlySpan<Box> boxes)
    {
        (_x0, _y0) = (new float[boxes.Length], new float[boxes.Length]);
        (_x1, _y1) = (new float[boxes.Length], new float[boxes.Length]);
        _area = new float[boxes.Length];
        for (var i = 0; i < boxes.Length; i++)
        {
            (_x0[i], _y0[i], _x1[i], _y1[i]) = boxes[i];
            _area[i] = boxes[i].Area;
        }
    }

    /// <summary>Number of boxes.</summary>
    public int Count => _x0.Length;

    /// <summary>The box at an index.</summary>
    public Box this[int index] => new(_x0[index], _y0[index], _x1[index], _y1[index]);

    /// <summary>IoU of <paramref name="box"/> with every box: the same numbers as
    /// <see cref="BoxOverlap.IntersectionOverUnion"/>.</summary>
    /// <param name="box">The one box.</param>
    /// <param name="result">At least <see cref="Count"/> numbers.</param>
    public void IntersectionOverUnion(Box box, Span<float> result) => Overlap(box, box.Area, 1f, result);

    /// <summary>The part of every box's own area that lies in <paramref name="box"/>: the overlap with a crowd
    /// region.</summary>
    /// <param name="box">The one box.</param>
    /// <param name="result">At least <see cref="Count"/> numbers.</param>
    public void IntersectionOverOwnArea(Box box, Span<float> result) => Overlap(box, 0f, 0f, result);

    // intersection / (own area + otherArea - weight * intersection), 0 where nothing intersects
    private void Overlap(Box box, float otherArea, float weight, Span<float> result)
    {
        var (x0, y0) = (new Vector<float>(box.X0), new Vector<float>(box.Y0));
        var (x1, y1) = (new Vector<float>(box.X1), new Vector<float>(box.Y1));
        var (other, factor) = (new Vector<float>(otherArea), new Vector<float>(weight));
        var zero = Vector<float>.Zero;
        var i = 0;
        for (; i <= Count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var width = Vector.Min(new Vector<float>(_x1, i), x1) - Vector.Max(new Vector<float>(_x0, i), x0);
            var height = Vector.Min(new Vector<float>(_y1, i), y1) - Vector.Max(new Vector<float>(_y0, i), y0);
            var overlaps = Vector.GreaterThan(width, zero) & Vector.GreaterThan(height, zero);
            var intersection = width * height;
            var ratio = intersection / (new Vector<float>(_area, i) + other - factor * intersection);
            // Boxes without end make it NaN, which is not greater than 0.
            overlaps &= Vector.GreaterThan(ratio, zero);
            Vector.ConditionalSelect(overlaps, ratio, zero).CopyTo(result[i..]);
        }
        for (; i < Count; i++)
        {
            var intersection = BoxOverlap.Intersection(this[i], box);
            var ratio = intersection / (_area[i] + otherArea - weight * intersection);
            result[i] = intersection > 0f && ratio > 0f ? ratio : 0f;
        }
    }
}
