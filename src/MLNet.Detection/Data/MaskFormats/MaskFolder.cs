using System.Text.Json;
using MLNet.Detection.Data.Formats;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>Writes masks as PNG into a folder that <see cref="MaskFormat"/> reads as "masks".</summary>
public static class MaskFolder
{
    /// <summary>
    /// Writes <c>masks/NAME.png</c>, maps of classes with Pascal VOC's palette; <c>SegmentationObject/NAME.png</c>,
    /// maps of objects,
    /// where they are told apart; <c>classes.txt</c>; and <c>split.json</c> where there are several parts. Pictures
    /// belong into
    /// <c>images</c>, under their names, and are not copied.
    /// </summary>
    /// <param name="splits">The parts, with the same classes.</param>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="overwrite">Whether the folder may hold files, which are replaced where names are the same.</param>
    /// <exception cref="IOException">The folder is not empty and <paramref name="overwrite"/> is false; writing
    /// fails.</exception>
    /// <exception cref="DatasetException">A picture has no mask, or one that does not fit.</exception>
    public static void Save(IReadOnlyList<DatasetSplit> splits, string folder, bool overwrite = false)
    {
        OutputFile.RequireEmpty(folder, overwrite);
        Check([.. splits.SelectMany(split => split.Dataset.Images)]);
        foreach (var image in splits.SelectMany(split => split.Dataset.Images))
        {
            var map = (image.Mask ?? throw new DatasetException(image.Path, "", "the picture has no mask",
                "Read the data set with its masks or outlines.")).Read();
            var name = Path.ChangeExtension(image.FileName, ".png");
            Write(Path.Combine(folder, "masks", name), LabelPngWriter.Classes(map), overwrite);
            if (map.Instances is not null)
                Write(Path.Combine(folder, "SegmentationObject", name), LabelPngWriter.Instances(map), overwrite);
        }
        File.WriteAllLines(Path.Combine(folder, "classes.txt"), splits[0].Dataset.Categories.Select(category => category.Name));
        if (splits.Count > 1)
            File.WriteAllText(Path.Combine(folder, "split.json"), JsonSerializer.Serialize(splits.ToDictionary(split => split.Name,
                split => split.Dataset.Images.Select(image => image.FileName))));
    }

    // What does not fit is said before anything is written.
    private static void Check(IReadOnlyList<LabeledImage> images)
    {
        var masks = new Dictionary<string, LabeledImage>(StringComparer.OrdinalIgnoreCase);
        foreach (var image in images)
        {
            var name = Path.ChangeExtension(image.FileName, ".png");
            if (!masks.TryAdd(name, image))
                throw new DatasetException(image.Path, "", $"its mask and that of {masks[name].Path} would be one file, {name}",
                    "Rename one of the pictures.");
            if (File.Exists(image.Path) && AnnotatedSize.Difference(ImageHeader.ReadFile(image.Path), image) is { } difference)
                throw new DatasetException(image.Path, "", difference, "Correct the size in the annotations.");
        }
    }

    private static void Write(string path, byte[] content, bool overwrite)
    {
        using var file = OutputFile.Create(path, overwrite);
        file.Write(content);
    }
}
