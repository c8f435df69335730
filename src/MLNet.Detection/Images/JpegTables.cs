namespace MLNet.Detection.Images;

/// <summary>Which quantization and Huffman tables a JPEG file has defined so far, and whether they can be used.</summary>
internal sealed class JpegTables
{
    private const int Slots = 4;
    private readonly bool[] _quantization = new bool[Slots];
    private readonly bool[] _dc = new bool[Slots];
    private readonly bool[] _ac = new bool[Slots];

    public bool HasQuantization(int slot) => slot < Slots && _quantization[slot];

    public bool HasDc(int slot) => slot < Slots && _dc[slot];

    public bool HasAc(int slot) => slot < Slots && _ac[slot];

    public string? AddQuantization(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int precision = body[0] >> 4, slot = body[0] & 15, size = precision == 0 ? 65 : 129;
            if (precision > 1 || slot >= Slots || body.Length < size)
                return "the JPEG has a broken quantization table";
            _quantization[slot] = true;
            body = body[size..];
        }
        return null;
    }

    public string? AddHuffman(ReadOnlySpan<byte> body)
    {
        const string broken = "the JPEG has a broken Huffman table";
        while (body.Length > 0)
        {
            int kind = body[0] >> 4, slot = body[0] & 15;
            if (kind > 1 || slot >= Slots || body.Length < 17)
                return broken;
            var counts = body.Slice(1, 16);
            var symbols = 0;
            foreach (var count in counts)
                symbols += count;
            if (symbols > 256 || body.Length < 17 + symbols || !CodesFit(counts))
                return broken;
            // A DC symbol is the number of bits of a difference, T.81 table F.1.
            if (kind == 0 && body.Slice(17, symbols).ContainsAnyExceptInRange((byte)0, (byte)15))
                return broken;
            (kind == 0 ? _dc : _ac)[slot] = true;
            body = body[(17 + symbols)..];
        }
        return null;
    }

    // T.81 figure C.2: codes count up, and shift left where they grow by a bit; a code of n bits stays below 2^n.
    private static bool CodesFit(ReadOnlySpan<byte> counts)
    {
        var code = 0;
        for (var bits = 1; bits <= 16; bits++)
        {
            code += counts[bits - 1];
            if (code > 1 << bits)
                return false;
            code <<= 1;
        }
        return true;
    }
}
