using System.Globalization;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Reads label files: on each line a class number and, in parts of the picture, centre and size, or the corners of a
/// polygon, whose bounding box is taken, or centre, size and keypoints.
/// </summary>
internal sealed class YoloLabels(YoloConfig config, DatasetAssembly assembly)
{
    private const int BoxNumbers = 5, LeastPolygonNumbers = 7;

    public List<FoundBox> Read(string file)
    {
        var boxes = new List<FoundBox>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            var at = ++number;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
                boxes.Add(Box(words, new(file, () => $"line {at}")));
        }
        return boxes;
    }

    private FoundBox Box(string[] words, AnnotationPlace place)
    {
        var numbers = new double[words.Length];
        for (var i = 0; i < words.Length; i++)
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw place.Error($"found \"{words[i]}\" where a number belongs", "Correct the line or remove it.");
        var label = Class(numbers[0], words[0], place);
        if (numbers.Length == BoxNumbers || (config.HasKeypoints && numbers.Length > BoxNumbers))
        {
            assembly.AddUnread("sets of keypoints", numbers.Length > BoxNumbers ? 1 : 0);
            return FoundBox.FromCenter(label, numbers[1], numbers[2], numbers[3], numbers[4], place);
        }
        if (numbers.Length < LeastPolygonNumbers || numbers.Length % 2 == 0)
            throw place.Error(
                $"found {numbers.Length} numbers; expected a class and 4 numbers for a box, or an even number for a "
                + "polygon", "Correct the line or remove it.");
        assembly.AddUnread("polygons; their bounding boxes are taken");
        var xs = numbers.Skip(1).Where((_, i) => i % 2 == 0);
        var ys = numbers.Skip(1).Where((_, i) => i % 2 == 1);
        return new(label, xs.Min(), ys.Min(), xs.Max(), ys.Max(), place)
        {
            Outline = new PolygonOutline([[.. numbers.Skip(1).Select(number => (float)number)]]),
        };
    }

    private string Class(double number, string word, AnnotationPlace place) =>
        number >= 0 && number < config.Classes.Count && number == Math.Floor(number) ? config.Classes[(int)number]
        : throw place.Error(
            $"found the class {word}, but {Path.GetFileName(config.File)} lists {config.Classes.Count} classes, from 0",
            "Correct the line, or the list of classes.");
}
