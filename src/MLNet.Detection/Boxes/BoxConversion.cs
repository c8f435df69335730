using System.Runtime.InteropServices;

namespace MLNet.Detection.Boxes;

/// <summary>Changes the format of whole spans of boxes [N,4].</summary>
public static class BoxConversion
{
    /// <summary>Converts N boxes of four numbers each. Source and destination may be the same memory.</summary>
    /// <param name="source">4 N numbers in format <paramref name="from"/>.</param>
    /// <param name="from">The format of <paramref name="source"/>.</param>
    /// <param name="to">The format wanted.</param>
    /// <param name="destination">4 N numbers.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a multiple of 4.</exception>
    public static void Convert(ReadOnlySpan<float> source, BoxFormat from, BoxFormat to, Span<float> destination)
    {
        if (source.Length % 4 != 0 || source.Length != destination.Length)
            throw new ArgumentException(
                $"{source.Length} numbers cannot become {destination.Length}: both spans need 4 numbers a box.");
        for (var i = 0; i < source.Length; i += 4)
        {
            var box = ToBox(source[i], source[i + 1], source[i + 2], source[i + 3], from);
            (destination[i], destination[i + 1], destination[i + 2], destination[i + 3]) = FromBox(box, to);
        }
    }

    /// <summary>Reads N boxes of four numbers in the given format as corners.</summary>
    /// <exception cref="ArgumentException">The length is not a multiple of 4.</exception>
    public static Box[] ToBoxes(ReadOnlySpan<float> source, BoxFormat from)
    {
        var boxes = new Box[source.Length / 4];
        Convert(source, from, BoxFormat.Xyxy, MemoryMarshal.Cast<Box, float>(boxes.AsSpan()));
        return boxes;
    }

    private static Box ToBox(float a, float b, float c, float d, BoxFormat from) => from switch
    {
        BoxFormat.Xyxy => new(a, b, c, d),
        BoxFormat.Xywh => Box.FromXywh(a, b, c, d),
        BoxFormat.Cxcywh => Box.FromCxcywh(a, b, c, d),
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "Not a box format."),
    };

    private static (float, float, float, float) FromBox(Box box, BoxFormat to) => to switch
    {
        BoxFormat.Xyxy => (box.X0, box.Y0, box.X1, box.Y1),
        BoxFormat.Xywh => box.ToXywh(),
        BoxFormat.Cxcywh => box.ToCxcywh(),
        _ => throw new ArgumentOutOfRangeException(nameof(to), to, "Not a box format."),
    };
}
