namespace MLNet.Detection.Images;

/// <summary>Tells by its first bytes whether a file may go to the decoder.</summary>
internal static class ImageSignature
{
    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>Why the bytes cannot be decoded, or null when they seem right.</summary>
    public static string? Problem(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            return "the image file is empty";
        if (encoded.StartsWith(Png))
            return PngCheck.Problem(encoded);
        return encoded.StartsWith(Jpeg) ? JpegCheck.Problem(encoded)
            : $"the image file is neither JPEG nor PNG; it starts with {Convert.ToHexString(encoded[..Math.Min(4, encoded.Length)])}";
    }
}
