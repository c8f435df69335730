using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>What the numbers (or colours) of mask files mean.</summary>
/// <param name="Classes">The number in a map of labels of each stored number; others are an error.</param>
internal sealed record MaskNumbers(IReadOnlyDictionary<int, byte> Classes)
{
    /// <summary>The colours of the numbers, which all files must have in common.</summary>
    public PaletteColors Palettes { get; init; } = new();

    /// <summary>0 for background, then the classes in their order, 255 for pixels that do not count.</summary>
    public static MaskNumbers InOrder(int classes) => new(Enumerable.Range(0, classes + 1).Append(LabelMap.Ignored)
        .ToDictionary(number => number, number => (byte)number));

    /// <summary>The class of each pixel of a file.</summary>
    /// <exception cref="UnreadableImageException">The file cannot be read.</exception>
    /// <exception cref="DatasetException">It has another size than its picture, or a number that is of no
    /// class.</exception>
    public LabelMap Read(string path, int width, int height)
    {
        var stored = Sized(path, width, height);
        Palettes.Check(path, stored);
        var classes = new byte[stored.Numbers.Length];
        for (var i = 0; i < classes.Length; i++)
            classes[i] = Classes.TryGetValue(stored.Numbers[i], out var number) ? number : throw Foreign(path, stored, i);
        return new(width, height, classes);
    }

    /// <summary>Refuses a file whose header says another size than its picture's.</summary>
    public static void Check(string path, int width, int height)
    {
        var header = ImageHeader.ReadFile(path);
        if ((header.StoredWidth, header.StoredHeight) != (width, height))
            throw OtherSize(path, header.StoredWidth, header.StoredHeight, width, height);
    }

    /// <summary>The numbers of a file that must have its picture's size.</summary>
    public static StoredNumbers Sized(string path, int width, int height)
    {
        var stored = LabelPng.ReadFile(path);
        return (stored.Width, stored.Height) == (width, height) ? stored
            : throw OtherSize(path, stored.Width, stored.Height, width, height);
    }

    private static DatasetException OtherSize(string path, int maskWidth, int maskHeight, int width, int height) => new(path, "",
        $"the mask is {maskWidth} x {maskHeight}, its picture {width} x {height}",
        "Give each picture a mask of its own size; resize masks without interpolation.");

    private DatasetException Foreign(string path, StoredNumbers stored, int at)
    {
        static string Text(StoredNumbers stored, int number) =>
            stored.Kind == StoredKind.Color ? $"the colour #{number:X6}" : $"the number {number}";
        var known = string.Join(", ", Classes.Keys.Order().Take(12).Select(number =>
            stored.Kind == StoredKind.Color ? $"#{number:X6}" : $"{number}")) + (Classes.Count > 12 ? ", ..." : "");
        return new(path, $"row {at / stored.Width}, column {at % stored.Width}",
            $"the mask has {Text(stored, stored.Numbers[at])}, which is of no class; expected {known}",
            "Name all classes in the order of their numbers, or say that the numbers are those of objects.");
    }
}
