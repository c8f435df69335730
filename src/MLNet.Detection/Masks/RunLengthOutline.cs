namespace MLNet.Detection.Masks;

/// <summary>
/// COCO's run lengths: how many pixels are not of the object, then how many are, and so on, column by column from the left.
/// </summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Counts">The lengths.</param>
public sealed record RunLengthOutline(int Width, int Height, IReadOnlyList<int> Counts) : Outline
{
    /// <summary>The lengths, which together are all pixels of the picture.</summary>
    public IReadOnlyList<int> Counts { get; } =
        Counts.All(count => count >= 0) && Counts.Sum(count => (long)count) == (long)Width * Height ? Counts
        : throw new ArgumentException($"The run lengths are {Counts.Sum(count => (long)count)} pixels together, but {Width} x "
            + $"{Height} pixels are {(long)Width * Height}: they break off, or are of another picture.");

    /// <summary>Reads the compressed form: numbers of 5 bits a character, from the third on as differences from the one before
    /// the last.</summary>
    /// <exception cref="ArgumentException">The text breaks off, or its lengths do not fit the size.</exception>
    public static RunLengthOutline Parse(string text, int width, int height)
    {
        const int First = 48, Payload = 0x1F, More = 0x20, Sign = 0x10;
        var counts = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            var (value, shift, part) = (0L, 0, More);
            while ((part & More) != 0)
            {
                if (at >= text.Length || shift > 60)
                    throw new ArgumentException("The run lengths break off within a number.");
                part = text[at++] - First;
                if (part is < 0 or > 63)
                    throw new ArgumentException($"The run lengths have the character '{text[at - 1]}', which is none of theirs.");
                value |= (long)(part & Payload) << shift;
                shift += 5;
            }
            if ((part & Sign) != 0)
                value |= -1L << shift;
            value += counts.Count > 2 ? counts[^2] : 0;
            counts.Add(value is >= 0 and <= int.MaxValue ? (int)value
                : throw new ArgumentException($"The run lengths have the length {value}."));
        }
        return new(width, height, counts);
    }

    /// <summary>The run lengths of an object.</summary>
    /// <param name="members">Whether each pixel, row by row, is of the object.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    public static RunLengthOutline Of(bool[] members, int width, int height)
    {
        var (counts, last) = (new List<int> { 0 }, false);
        for (var x = 0; x < width; x++)
            for (var y = 0; y < height; y++)
            {
                if (members[y * width + x] != last)
                {
                    counts.Add(0);
                    last = !last;
                }
                counts[^1]++;
            }
        return new(width, height, counts);
    }

    /// <inheritdoc/>
    public override void Fill(int width, int height, Action<int> pixel)
    {
        if ((width, height) != (Width, Height))
            throw new ArgumentException($"The run lengths are of a picture of {Width} x {Height}, not {width} x {height}.");
        var at = 0;
        foreach (var (i, count) in Counts.Index())
        {
            for (var end = at + count; at < end; at++)
                if (i % 2 == 1)
                    pixel(at % Height * Width + at / Height);
        }
    }

    internal override RunLengthOutline Scaled(double x, double y) => this;
}
