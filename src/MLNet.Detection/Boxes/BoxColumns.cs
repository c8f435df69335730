using System.Numerics;

namespace MLNet.Detection.Boxes;

/// <summary>
/// Boxes stored by column (all x0, all y0, ...), so that one box is compared with several at once. Built once for a set
/// of anchors and shared by all threads: it never changes.
/// </summary>
public sealed class BoxColumns
{
    /// <summary>Boxes are looked at in blocks of so many: neighbours in a set of anchors lie near each other, so that
    /// most blocks are far from any one box.</summary>
    internal const int BlockSize = 64;

    private readonly float[] _x0, _y0, _x1, _y1, _area;
    private readonly Box[] _hulls;

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
        _hulls = new Box[(boxes.Length + BlockSize - 1) / BlockSize];
        for (var block = 0; block < _hulls.Length; block++)
            _hulls[block] = Hull(boxes[(block * BlockSize)..Math.Min((block + 1) * BlockSize, boxes.Length)]);
    }

    /// <summary>Number of boxes.</summary>
    public int Count => _x0.Length;

    /// <summary>The box at an index.</summary>
    public Box this[int index] => new(_x0[index], _y0[index], _x1[index], _y1[index]);

    /// <summary>Number of blocks.</summary>
    internal int Blocks => _hulls.Length;

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

    /// <summary>The greatest IoU with the boxes of a block, whose IoUs are written; where it is 0 they may not
    /// be.</summary>
    internal float IntersectionOverUnion(Box box, int block, Span<float> result) =>
        IsNear(block, box) ? Overlap(box, box.Area, 1f, block, result) : 0f;

    private void Overlap(Box box, float otherArea, float weight, Span<float> result)
    {
        for (var block = 0; block < Blocks; block++)
            if (IsNear(block, box))
                Overlap(box, otherArea, weight, block, result);
            else
                result[(block * BlockSize)..Math.Min((block + 1) * BlockSize, Count)].Clear();
    }

    // Intersection / (own area + otherArea - weight * intersection), 0 where nothing intersects; gives the greatest.
    private float Overlap(Box box, float otherArea, float weight, int block, Span<float> result)
    {
        var (x0, y0) = (new Vector<float>(box.X0), new Vector<float>(box.Y0));
        var (x1, y1) = (new Vector<float>(box.X1), new Vector<float>(box.Y1));
        var (other, factor) = (new Vector<float>(otherArea), new Vector<float>(weight));
        var (zero, greatest) = (Vector<float>.Zero, Vector<float>.Zero);
        var (i, end) = (block * BlockSize, Math.Min((block + 1) * BlockSize, Count));
        for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
        {
            var width = Vector.Min(new Vector<float>(_x1, i), x1) - Vector.Max(new Vector<float>(_x0, i), x0);
            var height = Vector.Min(new Vector<float>(_y1, i), y1) - Vector.Max(new Vector<float>(_y0, i), y0);
            var overlaps = Vector.GreaterThan(width, zero) & Vector.GreaterThan(height, zero);
            var intersection = width * height;
            var ratio = intersection / (new Vector<float>(_area, i) + other - factor * intersection);
            // Boxes without end make it NaN, which is not greater than 0.
            overlaps &= Vector.GreaterThan(ratio, zero);
            ratio = Vector.ConditionalSelect(overlaps, ratio, zero);
            greatest = Vector.Max(greatest, ratio);
            ratio.CopyTo(result[i..]);
        }
        var max = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            max = MathF.Max(max, greatest[lane]);
        for (; i < end; i++)
        {
            var intersection = BoxOverlap.Intersection(this[i], box);
            var ratio = intersection / (_area[i] + otherArea - weight * intersection);
            result[i] = intersection > 0f && ratio > 0f ? ratio : 0f;
            max = MathF.Max(max, result[i]);
        }
        return max;
    }

    private bool IsNear(int block, Box box)
    {
        var hull = _hulls[block];
        return hull.X0 < box.X1 && box.X0 < hull.X1 && hull.Y0 < box.Y1 && box.Y0 < hull.Y1;
    }

    // Around the boxes with an area: the others overlap nothing.
    private static Box Hull(ReadOnlySpan<Box> boxes)
    {
        var hull = new Box(
            float.PositiveInfinity, float.PositiveInfinity, float.NegativeInfinity, float.NegativeInfinity);
        foreach (var box in boxes)
            if (box.IsProper)
                hull = new(MathF.Min(hull.X0, box.X0), MathF.Min(hull.Y0, box.Y0), MathF.Max(hull.X1, box.X1),
                    MathF.Max(hull.Y1, box.Y1));
        return hull;
    }
}
