using System.Globalization;

namespace MLNet.Detection.Training;

/// <summary>Amounts of memory as people write them: <c>4GB</c> is 4 000 000 000 bytes, <c>512 MB</c> 512 000 000.</summary>
internal static class MemorySize
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

    /// <summary>Bytes; null where the text is no amount.</summary>
    public static long? Read(string text)
    {
        var (unit, bytes) = Units.FirstOrDefault(
            known => text.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        return double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out var count) && count * bytes < long.MaxValue ? (long)(count * bytes) : null;
    }
}
