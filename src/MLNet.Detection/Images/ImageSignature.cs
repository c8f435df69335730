namespace MLNet.Detection.Images;

/// <summary>Tells file formats by their first bytes.</summary>
internal static class ImageSignature
{
    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    public static bool IsPng(ReadOnlySpan<byte> encoded) => encoded.StartsWith(Png);

    public static bool IsJpeg(ReadOnlySpan<byte> encoded) => encoded.StartsWith(Jpeg);

    /// <summary>What is wrong with a file that is neither.</summary>
    public static string Foreign(ReadOnlySpan<byte> encoded) => encoded.IsEmpty
        ? "the image file is empty"
        : "the image file is neither JPEG nor PNG; it starts with "
            + Convert.ToHexString(encoded[..Math.Min(4, encoded.Length)]);
}
