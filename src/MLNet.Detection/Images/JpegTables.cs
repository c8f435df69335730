namespace MLNet.Detection.Images;

/// <summary>The quantization and Huffman tables that a JPEG file has defined so far, four slots of each.</summary>
internal sealed class JpegTables
{
    private const int Slots = 4;
    private readonly ushort[]?[] _quantization = new ushort[Slots][];
    private readonly JpegHuffman?[] _dc = new JpegHuffman[Slots];
    private readonly JpegHuffman?[] _ac = new JpegHuffman[Slots];

    /// <summary>Where the k-th coefficient of a file stands in a block, T.81 figure 5.</summary>
    public static ReadOnlySpan<byte> ZigZag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
        61, 54, 47, 55, 62, 63,
    ];

    public ushort[] Quantization(int slot) => Existing(_quantization, slot);

    public JpegHuffman Dc(int slot) => Existing(_dc, slot);

    public JpegHuffman Ac(int slot) => Existing(_ac, slot);

    public void AddQuantization(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int bytes = (body[0] >> 4) + 1, slot = body[0] & 15;
            if (bytes > 2 || slot >= Slots || body.Length < 1 + 64 * bytes)
                throw new InvalidDataException("the JPEG has a broken quantization table");
            var table = new ushort[64];
            for (var k = 0; k < 64; k++)
                table[ZigZag[k]] = bytes == 1 ? body[1 + k] : (ushort)(body[1 + 2 * k] << 8 | body[2 + 2 * k]);
            _quantization[slot] = table;
            body = body[(1 + 64 * bytes)..];
        }
    }

    public void AddHuffman(ReadOnlySpan<byte> body)
    {
        const int header = 17;
        while (body.Length > 0)
        {
            int kind = body[0] >> 4, slot = body[0] & 15, symbols = 0;
            for (var bits = 1; bits < Math.Min(header, body.Length); bits++)
                symbols += body[bits];
            if (kind > 1 || slot >= Slots || body.Length < header + symbols || symbols > 256)
                throw new InvalidDataException("the JPEG has a broken Huffman table");
            var table = new JpegHuffman(body.Slice(1, 16), body.Slice(header, symbols));
            (kind == 0 ? _dc : _ac)[slot] = table;
            body = body[(header + symbols)..];
        }
    }

    private static T Existing<T>(T?[] tables, int slot) where T : class =>
        (slot < Slots ? tables[slot] : null)
            ?? throw new InvalidDataException("the JPEG has a scan without its tables");
}
