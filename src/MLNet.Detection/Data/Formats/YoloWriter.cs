using System.Globalization;
using YamlDotNet.Serialization;

namespace MLNet.Detection.Data.Formats;

/// <summary>Writes labels/[part/]name.txt, a box or an outline a line, and data.yaml.</summary>
internal static class YoloWriter
{
    public static void WriteLabels(
        DatasetSplit split, string folder, Func<LabeledImage, IEnumerable<LabeledBox>> boxes, bool overwrite)
    {
        var images = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var image in split.Dataset.Images)
        {
            var label = Path.ChangeExtension(image.FileName, ".txt");
            if (!images.TryAdd(label, image.FileName))
                throw new DatasetException(
                    split.Dataset.Source, $"image {image.Id}",
                    $"{image.FileName} and {images[label]} would share the label file {label}", "Rename one of them.");
            using var lines = new StreamWriter(
                OutputFile.Create(Path.Combine(folder, "labels", split.Name, label), overwrite));
            foreach (var box in boxes(image))
                lines.Write(Line(box, image));
        }
    }

    public static void WriteConfig(IReadOnlyList<DatasetSplit> splits, string folder, bool overwrite)
    {
        var keys = new Dictionary<string, object>();
        foreach (var split in splits)
            keys[split.Name.Length == 0 ? "train" : split.Name] = $"images/{split.Name}".TrimEnd('/');
        keys["names"] = splits[0].Dataset.Categories.Select((category, index) => (category.Name, index))
            .ToDictionary(pair => pair.index, pair => pair.Name);
        using var file = new StreamWriter(OutputFile.Create(Path.Combine(folder, "data.yaml"), overwrite));
        new SerializerBuilder().WithQuotingNecessaryStrings().Build().Serialize(file, keys);
    }

    private static string Line(LabeledBox box, LabeledImage image)
    {
        if (DatasetFormat.PolygonOf(box, image) is { } polygon)
            return box.Category + string.Concat(polygon.Select((at, i) =>
                string.Create(CultureInfo.InvariantCulture, $" {(double)at / (i % 2 == 0 ? image.Width : image.Height)}"))) + "\n";
        var (x0, y0, x1, y1) = ((double)box.Box.X0, (double)box.Box.Y0, (double)box.Box.X1, (double)box.Box.Y1);
        return string.Create(CultureInfo.InvariantCulture,
            $"{box.Category} {(x0 + x1) / 2 / image.Width} {(y0 + y1) / 2 / image.Height} ")
            + string.Create(CultureInfo.InvariantCulture, $"{(x1 - x0) / image.Width} {(y1 - y0) / image.Height}\n");
    }
}
