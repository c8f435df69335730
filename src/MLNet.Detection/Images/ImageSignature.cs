namespace MLNet.Detection.Images;

/// <summary>Tells file formats by their first bytes.</summary>
internal static class ImageSignature
{
    /// <summary>Bytes that tell.</summary>
    public const int Length = 12;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    public static bool IsPng(ReadOnlySpan<byte> encoded) => encoded.StartsWith(Png);

    public static bool IsJpeg(ReadOnlySpan<byte> encoded) => encoded.StartsWith(Jpeg);

    /// <summary>The format's name; null for all that is not decoded.</summary>
    public static string? Format(ReadOnlySpan<byte> encoded) =>
        IsJpeg(encoded) ? "JPEG"
        : IsPng(encoded) ? "PNG"
        : encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8) ? "GIF"
        : encoded.StartsWith("BM"u8) ? "BMP"
        : encoded.StartsWith("RIFF"u8) && encoded.Length >= Length && encoded[8..].StartsWith("WEBP"u8) ? "WebP"
        : null;

    /// <summary>What is wrong with a file that is none of them.</summary>
    public static string Foreign(ReadOnlySpan<byte> encoded) => encoded.IsEmpty
        ? "the image file is empty"
        : "the image file is none of JPEG, PNG, WebP, GIF and BMP; it starts with "
            + Convert.ToHexString(encoded[..Math.Min(4, encoded.Length)]);
}
