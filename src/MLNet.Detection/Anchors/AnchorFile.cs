using System.Globalization;
using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Anchors in a file, in the order of the model's outputs. The extension tells the layout: <c>.bin</c> holds
/// little-endian float32 [N,4] and nothing else, <c>.csv</c> four numbers a line, <c>.json</c> an array of arrays of
/// four numbers.
/// </summary>
public static class AnchorFile
{
    /// <summary>Reads anchors as pixels of the network's input.</summary>
    /// <param name="path">A .bin, .csv or .json file.</param>
    /// <param name="format">What the four numbers mean.</param>
    /// <param name="imageWidth">Width of the network's input, in pixels.</param>
    /// <param name="imageHeight">Height of the network's input, in pixels.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty, has a wrong size or syntax, or an anchor is not a box;
    /// the message names file and place.</exception>
    public static Box[] Load(string path, AnchorFormat format, int imageWidth, int imageHeight)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no anchor file '{path}'.", path);
        var numbers = AnchorReader.Read(path);
        var boxes = ToPixels(numbers, format, imageWidth, imageHeight);
        RequireBoxes(path, numbers, boxes, format);
        return boxes;
    }

    /// <summary>Writes anchors. An existing file is replaced.</summary>
    /// <param name="path">A .bin, .csv or .json file.</param>
    /// <param name="anchors">The anchors in pixels of the network's input.</param>
    /// <param name="format">What the four numbers in the file mean.</param>
    /// <param name="imageWidth">Width of the network's input, in pixels.</param>
    /// <param name="imageHeight">Height of the network's input, in pixels.</param>
    public static void Save(
        string path, ReadOnlySpan<Box> anchors, AnchorFormat format, int imageWidth, int imageHeight)
    {
        var numbers = FromPixels(anchors, format, imageWidth, imageHeight);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".bin":
                AnchorReader.RequireLittleEndian();
                File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(numbers));
                break;
            case ".csv":
                File.WriteAllLines(path, numbers.Chunk(4).Select(Line));
                break;
            case ".json":
                File.WriteAllText(path, $"[{string.Join(",\n", numbers.Chunk(4).Select(row => $"[{Line(row)}]"))}]\n");
                break;
            default:
                throw AnchorReader.UnknownExtension(path);
        }
    }

    private static string Line(float[] row) =>
        string.Join(",", row.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    private static Box[] ToPixels(float[] numbers, AnchorFormat format, int width, int height) => format switch
    {
        AnchorFormat.XyxyPixels => BoxConversion.ToBoxes(numbers, BoxFormat.Xyxy),
        AnchorFormat.CxcywhNormalized =>
            [.. BoxConversion.ToBoxes(numbers, BoxFormat.Cxcywh).Select(box => box.Scale(width, height))],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not an anchor format."),
    };

    private static float[] FromPixels(ReadOnlySpan<Box> anchors, AnchorFormat format, int width, int height)
    {
        if (format == AnchorFormat.XyxyPixels)
            return MemoryMarshal.Cast<Box, float>(anchors).ToArray();
        var numbers = new List<float>();
        foreach (var anchor in anchors)
        {
            var (cx, cy, w, h) = anchor.ToCxcywh();
            numbers.AddRange([cx / width, cy / height, w / width, h / height]);
        }
        return [.. numbers];
    }

    private static void RequireBoxes(string path, float[] numbers, Box[] boxes, AnchorFormat format)
    {
        // Pixels read as parts of the picture are proper boxes too, but a thousand pictures away.
        bool IsFarOutside(int i) => format == AnchorFormat.CxcywhNormalized
            && MathF.Max(MathF.Abs(numbers[4 * i]), MathF.Abs(numbers[4 * i + 1])) > 10f;
        for (var i = 0; i < boxes.Length; i++)
            if (!boxes[i].IsProper || IsFarOutside(i))
                throw new InvalidDataException(
                    $"'{path}', anchor {i} of {boxes.Length}: ({Line(numbers[(4 * i)..][..4])}) read as {format} is "
                    + (boxes[i].IsProper ? "far outside the picture. " : "not a box with positive sides. ")
                    + "If the file is right, try the other format.");
    }
}
