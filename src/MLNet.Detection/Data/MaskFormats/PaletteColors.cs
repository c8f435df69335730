using System.Collections.Concurrent;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// The colour of each number in masks with palettes, and the file that was first to have it. A program that lets each
/// file number its own colours writes masks whose numbers mean nothing together.
/// </summary>
internal sealed class PaletteColors
{
    private readonly ConcurrentDictionary<int, (int Color, string File)> _known = [];

    /// <summary>Refuses a file that uses a number for another colour than a file before it.</summary>
    /// <exception cref="DatasetException">It does.</exception>
    public void Check(string path, StoredNumbers stored)
    {
        if (stored.Kind != StoredKind.Palette)
            return;
        var used = new bool[Math.Min(stored.Palette.Count, 256)];
        foreach (var number in stored.Numbers)
            if (number < used.Length)
                used[number] = true;
        for (var number = 0; number < used.Length; number++)
        {
            if (!used[number])
                continue;
            var (color, file) = _known.GetOrAdd(number, (stored.Palette[number], path));
            if (color != stored.Palette[number])
                throw new DatasetException(path, "", $"the number {number} is the colour #{stored.Palette[number]:X6} in the palette, "
                    + $"but #{color:X6} in {file}", "Save all masks with one palette, or as grey numbers; or as colours, with a labelmap.txt "
                    + "that says what they stand for.");
        }
    }
}
