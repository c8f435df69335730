namespace MLNet.Detection.Images;

/// <summary>The frame header of a JPEG file: size and colour components.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool progressive, JpegComponent[] components)
    {
        (Width, Height, Progressive, Components) = (width, height, progressive, components);
        MostAcross = components.Max(component => component.Across);
        MostDown = components.Max(component => component.Down);
        (UnitsAcross, UnitsDown) = (Quotient(width, 8 * MostAcross), Quotient(height, 8 * MostDown));
    }

    public int Width { get; }

    public int Height { get; }

    public bool Progressive { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The largest sampling factors.</summary>
    public int MostAcross { get; }

    public int MostDown { get; }

    /// <summary>Interleaved units of blocks.</summary>
    public int UnitsAcross { get; }

    public int UnitsDown { get; }

    /// <param name="body">The segment behind its length.</param>
    /// <param name="progressive">Whether scans refine one another.</param>
    /// <param name="fileLength">Bytes of the file, which bound the size of a picture that is really in it.</param>
    /// <param name="options">Holds the most pixels.</param>
    public static JpegFrame Read(
        ReadOnlySpan<byte> body, bool progressive, int fileLength, ImageDecoderOptions options)
    {
        if (body.Length < 6 || body.Length != 6 + 3 * body[5])
            throw new InvalidDataException("the JPEG's frame header has a wrong length");
        int height = body[1] << 8 | body[2], width = body[3] << 8 | body[4], count = body[5];
        if (body[0] != 8)
            throw new InvalidDataException($"the JPEG has {body[0]} bits a sample; 8 are supported");
        if (width == 0 || height == 0)
            throw new InvalidDataException($"the JPEG says it is {width} x {height} pixels");
        options.Admit("JPEG", width, height);
        if (count is not (1 or 3))
            throw new InvalidDataException(
                $"the JPEG has {count} colour components; grey and colour are supported, CMYK is not");

        var frame = new JpegFrame(width, height, progressive, ReadComponents(body[6..], count));
        frame.Allocate(fileLength);
        return frame;
    }

    private static JpegComponent[] ReadComponents(ReadOnlySpan<byte> body, int count)
    {
        var components = new JpegComponent[count];
        for (var c = 0; c < count; c++)
        {
            int across = body[3 * c + 1] >> 4, down = body[3 * c + 1] & 15;
            // One component alone is never interleaved: its factors have no meaning.
            components[c] = count == 1
                ? new(body[0], 1, 1, body[2]) : new(body[3 * c], across, down, body[3 * c + 2]);
        }
        int mostAcross = components.Max(c => c.Across), mostDown = components.Max(c => c.Down);
        return components.All(c => c.Across is >= 1 and <= 4 && c.Down is >= 1 and <= 4
            && mostAcross % c.Across == 0 && mostDown % c.Down == 0)
            ? components : throw new InvalidDataException("the JPEG has sampling factors that are not supported");
    }

    private void Allocate(int fileLength)
    {
        // A block takes one bit at the very least; a header that promises more is not worth the memory.
        var blocks = (long)UnitsAcross * UnitsDown * Components.Sum(component => component.Across * component.Down);
        if (blocks > 8L * fileLength)
            throw new InvalidDataException(
                $"the JPEG breaks off: {fileLength} bytes cannot hold {Width} x {Height} pixels");
        foreach (var component in Components)
            component.Allocate(
                Quotient(Width * component.Across, MostAcross), Quotient(Height * component.Down, MostDown),
                UnitsAcross, UnitsDown);
    }

    private static int Quotient(int total, int part) => (total + part - 1) / part;
}
