namespace MLNet.Detection.Images;

/// <summary>The header of a scan: which components, tables, coefficients and bits it brings.</summary>
internal sealed class JpegScan
{
    private JpegScan(JpegFrame frame, Part[] parts, int start, int end, int high, int low)
    {
        (Frame, Parts, Start, End, High, Low) = (frame, parts, start, end, high, low);
    }

    /// <summary>A component in the scan; a table that the scan has no use for is null.</summary>
    public sealed record Part(JpegComponent Component, JpegHuffman? Dc, JpegHuffman? Ac);

    public JpegFrame Frame { get; }

    public IReadOnlyList<Part> Parts { get; }

    /// <summary>The first and last coefficient, in the order of the file.</summary>
    public int Start { get; }

    public int End { get; }

    /// <summary>The bit above those that this scan brings, 0 in the first one; and the lowest bit.</summary>
    public int High { get; }

    public int Low { get; }

    public static JpegScan Read(ReadOnlySpan<byte> body, JpegFrame frame, JpegTables tables)
    {
        if (body.Length < 1 || body[0] is 0 or > 4 || body.Length != 4 + 2 * body[0])
            throw Broken();
        int start = body[^3], end = body[^2], high = body[^1] >> 4, low = body[^1] & 15;
        if (!frame.Progressive)
            (start, end, high, low) = (0, 63, 0, 0);
        else if (!ProgressionFits(body[0], start, end, high, low))
            throw Broken();

        var parts = new Part[body[0]];
        for (var p = 0; p < parts.Length; p++)
        {
            byte id = body[1 + 2 * p], slots = body[2 + 2 * p];
            var component = Array.Find(frame.Components, c => c.Id == id);
            if (component is null || parts.Any(part => part?.Component == component))
                throw Broken();
            component.Quantization ??= tables.Quantization(component.QuantizationSlot);
            var dc = start == 0 && high == 0 ? tables.Dc(slots >> 4) : null;
            parts[p] = new(component, dc, end > 0 ? tables.Ac(slots & 15) : null);
        }
        return new(frame, parts, start, end, high, low);
    }

    // T.81 G.1.1.1: a DC scan has no AC coefficients, an AC scan one component, a refinement one bit.
    private static bool ProgressionFits(int count, int start, int end, int high, int low) =>
        (start == 0 ? end == 0 : start <= end && end < 64 && count == 1) && (high == 0 || low == high - 1) && low <= 13;

    private static InvalidDataException Broken() => new("the JPEG has a broken scan header");
}
