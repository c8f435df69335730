namespace MLNet.Detection.Masks;

/// <summary>A picture as the numbers that are stored of it.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Numbers">One number a pixel, row by row.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Bits">Bits of a sample.</param>
public sealed record StoredNumbers(int Width, int Height, int[] Numbers, StoredKind Kind, int Bits)
{
    /// <summary>Colours of the palette, 0xRRGGBB; empty without one.</summary>
    public IReadOnlyList<int> Palette { get; init; } = [];
}
