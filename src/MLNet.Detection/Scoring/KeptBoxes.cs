using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

// The boxes of a class that stay, by column. Places up to the next whole vector hold empty boxes, which overlap
// nothing.
internal sealed class KeptBoxes
{
    private float[] _x0 = new float[16], _y0 = new float[16], _x1 = new float[16], _y1 = new float[16];
    private float[] _area = new float[16];
    private int _count;

    public void Add(Box box)
    {
        if (_count == _area.Length)
        {
            var length = 2 * _count;
            Array.Resize(ref _x0, length);
            Array.Resize(ref _y0, length);
            Array.Resize(ref _x1, length);
            Array.Resize(ref _y1, length);
            Array.Resize(ref _area, length);
        }
        (_x0[_count], _y0[_count], _x1[_count], _y1[_count]) = box;
        _area[_count++] = box.Area;
    }

    /// <summary>Whether a kept box has a greater IoU with this one than the threshold: the numbers of
    /// <see cref="BoxOverlap.IntersectionOverUnion"/>.</summary>
    public bool Suppress(Box box, float threshold)
    {
        var (x0, y0) = (new Vector<float>(box.X0), new Vector<float>(box.Y0));
        var (x1, y1) = (new Vector<float>(box.X1), new Vector<float>(box.Y1));
        var (area, limit, zero) = (new Vector<float>(box.Area), new Vector<float>(threshold), Vector<float>.Zero);
        for (var i = 0; i < _count; i += Vector<float>.Count)
        {
            var width = Vector.Min(new Vector<float>(_x1, i), x1) - Vector.Max(new Vector<float>(_x0, i), x0);
            var height = Vector.Min(new Vector<float>(_y1, i), y1) - Vector.Max(new Vector<float>(_y0, i), y0);
            var overlaps = Vector.GreaterThan(width, zero) & Vector.GreaterThan(height, zero);
            var intersection = width * height;
            var iou = intersection / (new Vector<float>(_area, i) + area - intersection);
            if (Vector.GreaterThanAny(Vector.ConditionalSelect(overlaps, iou, zero), limit))
                return true;
        }
        return false;
    }
}
