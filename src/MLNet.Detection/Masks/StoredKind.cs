namespace MLNet.Detection.Masks;

/// <summary>What the numbers of a stored picture are.</summary>
public enum StoredKind
{
    /// <summary>Grey values, 0 to 2^bits - 1.</summary>
    Grey,

    /// <summary>Indices into a palette.</summary>
    Palette,

    /// <summary>Colours, 0xRRGGBB.</summary>
    Color,
}
