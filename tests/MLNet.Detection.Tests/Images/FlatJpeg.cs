namespace MLNet.Detection.Tests.Images;

/// <summary>JPEGs of one block of one colour, written bit by bit (ITU-T T.81).</summary>
internal static class FlatJpeg
{
    /// <summary>Four inks with Adobe's marker, transform 0: the values are stored as they are.</summary>
    public static byte[] Cmyk(params byte[] values) => Write(0, values);

    /// <summary>Brightness, two colours and black, with Adobe's marker, transform 2.</summary>
    public static byte[] Ycck(params byte[] values) => Write(2, values);

    private static byte[] Write(byte transform, byte[] values)
    {
        List<byte> file = [0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];
        file.AddRange([0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)8, 64)]);   // 8 times the mean is a step of 1
        file.AddRange([0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4]);
        for (byte c = 1; c <= 4; c++)
            file.AddRange([c, 0x11, 0]);
        // Differences of nine categories in codes of four bits; of the other coefficients only the end of the block.
        file.AddRange([0xFF, 0xC4, 0, 28, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        file.AddRange([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.AddRange([0xFF, 0xDA, 0, 14, 4]);
        for (byte c = 1; c <= 4; c++)
            file.AddRange([c, 0]);
        file.AddRange([0, 63, 0]);
        file.AddRange(Scan(values));
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    private static IEnumerable<byte> Scan(byte[] values)
    {
        var bits = "";
        foreach (var value in values)
        {
            var difference = value - 128;
            var category = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Math.Abs(difference));
            var code = difference < 0 ? difference + (1 << category) - 1 : difference;
            bits += Convert.ToString(category, 2).PadLeft(4, '0');
            bits += category == 0 ? "" : Convert.ToString(code, 2).PadLeft(category, '0');
            bits += "0";
        }
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        foreach (var part in bits.Chunk(8))
        {
            var value = Convert.ToByte(new string(part), 2);
            yield return value;
            if (value == 0xFF)
                yield return 0;
        }
    }
}
