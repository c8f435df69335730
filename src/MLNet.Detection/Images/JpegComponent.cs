namespace MLNet.Detection.Images;

/// <summary>
/// One colour component of a JPEG frame with its coefficients, and its samples once they are transformed.
/// </summary>
internal sealed class JpegComponent(byte id, int across, int down, int quantizationSlot)
{
    public const int BlockSize = 64;
    private byte[] _samples = [];

    public byte Id { get; } = id;

    /// <summary>Blocks in an interleaved unit, horizontally and vertically: the sampling factors.</summary>
    public int Across { get; } = across;

    public int Down { get; } = down;

    public int QuantizationSlot { get; } = quantizationSlot;

    /// <summary>The table in force when the component's first scan came; null before.</summary>
    public ushort[]? Quantization { get; set; }

    /// <summary>Samples that belong to the picture.</summary>
    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Blocks in memory, whole interleaved units.</summary>
    public int BlocksAcross { get; private set; }

    public int BlocksDown { get; private set; }

    /// <summary>[block row, block, coefficient in natural order].</summary>
    public short[] Coefficients { get; private set; } = [];

    public void Allocate(int width, int height, int unitsAcross, int unitsDown)
    {
        (Width, Height) = (width, height);
        (BlocksAcross, BlocksDown) = (unitsAcross * Across, unitsDown * Down);
        Coefficients = new short[BlocksAcross * BlocksDown * BlockSize];
    }

    public Span<short> Block(int row, int column) =>
        Coefficients.AsSpan((row * BlocksAcross + column) * BlockSize, BlockSize);

    /// <summary>Turns the coefficients into samples.</summary>
    public void Transform()
    {
        var stride = 8 * BlocksAcross;
        _samples = GC.AllocateUninitializedArray<byte>(stride * 8 * BlocksDown);
        for (var row = 0; row < BlocksDown; row++)
            for (var column = 0; column < BlocksAcross; column++)
                JpegTransform.Inverse(
                    Block(row, column), Quantization!, _samples.AsSpan(row * 8 * stride + column * 8), stride);
    }

    /// <summary>
    /// The samples of a row that belong to the picture; rows above and below repeat the first and the last one.
    /// </summary>
    public ReadOnlySpan<byte> Row(int y) => _samples.AsSpan(Math.Clamp(y, 0, Height - 1) * 8 * BlocksAcross, Width);
}
