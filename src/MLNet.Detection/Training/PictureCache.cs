using System.Globalization;

namespace MLNet.Detection.Training;

/// <summary>
/// Where a run keeps decoded pictures, those of training and of validation together. What is learnt does not depend on it.
/// </summary>
/// <remarks>
/// Data of more than 2,000 image files, or of more than fit, is decoded at need: a run begins at once, and a file that
/// cannot be read is found when its turn comes; it is said, and the next one that can be read is learnt in its place. Less
/// is decoded before the first step, and what cannot be read is left out. Rows that are no files of a
/// <see cref="Data.DetectionDataView"/>, and pictures with masks, are all decoded first; what does not fit lies in a
/// temporary file.
/// </remarks>
/// <param name="Bytes">Memory for pixels, three bytes each at the network's size. Null: a quarter of what is free when the
/// run begins, shared by the ranks of a machine.</param>
/// <param name="OnDisk">Whether all pictures are decoded before the first step, and those that do not fit into the memory lie
/// in a temporary file. Otherwise pictures of files are decoded again each time.</param>
public sealed record PictureCache(long? Bytes = null, bool OnDisk = false)
{
    private const string Disk = "disk", Expected = "expected a size such as 4GB, 500MB or 0, and \"disk\" for a temporary file "
        + "behind it, such as 4GB,disk";

    /// <summary>Memory for pixels, bytes; null for a quarter of what is free.</summary>
    public long? Bytes { get; } = Bytes is null or >= 0 ? Bytes
        : throw new ArgumentOutOfRangeException(nameof(Bytes), Bytes, "Expected zero or more bytes, or null.");

    /// <summary>Reads what people write: <c>4GB</c>, <c>500MB</c>, <c>disk</c>, <c>4GB,disk</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PictureCache Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var sizes = parts.Where(part => !part.Equals(Disk, StringComparison.OrdinalIgnoreCase)).ToList();
        if (parts.Length > 2 || sizes.Count > 1 || parts.Length - sizes.Count > 1)
            throw new FormatException($"The cache '{text}' has too many parts; {Expected}.");
        return new(sizes.Count == 0 ? 0 : MemorySize.Read(sizes[0])
            ?? throw new FormatException($"The cache '{text}' is no size; {Expected}."), parts.Length > sizes.Count);
    }

    /// <summary>A quarter of the memory that nobody uses now.</summary>
    internal static long QuarterOfFree()
    {
        var most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        const string Report = "/proc/meminfo", Line = "MemAvailable:";
        if (File.Exists(Report) && File.ReadLines(Report).FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal))
            is { } found)
            most = Math.Min(most, 1024 * long.Parse(
                found[Line.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        return most / 4;
    }
}
