namespace MLNet.Detection.Images;

/// <summary>A canonical Huffman code of a JPEG file, ITU-T T.81 annex C.</summary>
internal sealed class JpegHuffman
{
    /// <summary>Bits that one look-up decodes; longer codes are rare.</summary>
    public const int FastBits = 9;

    private const int LongestCode = 16;
    private readonly byte[] _symbols;
    private readonly ushort[] _fast = new ushort[1 << FastBits];
    private readonly int[] _limit = new int[LongestCode + 1];
    private readonly int[] _offset = new int[LongestCode + 1];

    /// <param name="counts">How many codes there are of 1 to 16 bits.</param>
    /// <param name="symbols">What they stand for.</param>
    public JpegHuffman(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        // Figure C.2: codes count up, and shift left where they grow by a bit.
        int code = 0, index = 0;
        for (var bits = 1; bits <= LongestCode; bits++)
        {
            _offset[bits] = index - code;
            for (var n = counts[bits - 1]; n > 0; n--, code++, index++)
                if (bits <= FastBits && code < 1 << bits)
                    _fast.AsSpan(code << FastBits - bits, 1 << FastBits - bits)
                        .Fill((ushort)(bits << 8 | _symbols[index]));
            _limit[bits] = code;
            if (code > 1 << bits)
                throw new InvalidDataException("the JPEG has a broken Huffman table");
            code <<= 1;
        }
    }

    /// <summary>The symbol and length of the code that the next 16 bits start with.</summary>
    /// <returns>Length times 256 plus symbol; 0 when no code fits.</returns>
    public int Find(int next16)
    {
        var fast = _fast[next16 >> LongestCode - FastBits];
        if (fast != 0)
            return fast;
        for (var bits = 1; bits <= LongestCode; bits++)
        {
            var code = next16 >> LongestCode - bits;
            if (code < _limit[bits] && code + _offset[bits] is >= 0 and var index && index < _symbols.Length)
                return bits << 8 | _symbols[index];
        }
        return 0;
    }
}
