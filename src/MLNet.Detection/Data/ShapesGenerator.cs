using System.Text.Json;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>
/// Draws labelled pictures, circles, rectangles, triangles and crosses on textured ground, for trying the whole way
/// without data of one's own. The same options give the same files, byte for byte, on the same platform.
/// </summary>
public static class ShapesGenerator
{
    /// <summary>The classes, ids from 1.</summary>
    public static IReadOnlyList<Category> Categories { get; } =
    [
        .. Enum.GetValues<ShapeKind>().Select(kind => new Category((int)kind + 1, kind.ToString().ToLowerInvariant())),
    ];

    /// <summary>One picture of the endless row that the seed stands for.</summary>
    /// <param name="options">What to draw.</param>
    /// <param name="index">Which picture.</param>
    /// <exception cref="ArgumentException">A size or count of the options is out of range.</exception>
    public static LabeledPicture Draw(ShapesOptions options, int index)
    {
        Check(options);
        return ShapeScene.Paint(options, index);
    }

    /// <summary>Writes <c>images/</c> and <c>instances_{train,val,test}.json</c> into a folder; with masks also
    /// <c>masks/</c>, <c>classes.txt</c> and <c>split.json</c>, as <see cref="MaskFormat"/> reads them.</summary>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="options">What to draw; null for the defaults.</param>
    /// <param name="overwrite">Whether the folder may hold files, which are replaced where names are the same.</param>
    /// <param name="cancellationToken">Stops between two pictures.</param>
    /// <exception cref="IOException">
    /// The folder is not empty and <paramref name="overwrite"/> is false; writing fails.
    /// </exception>
    /// <exception cref="ArgumentException">A size or count of the options is out of range.</exception>
    public static ShapesFolder Write(
        string folder, ShapesOptions? options = null, bool overwrite = false,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        Check(options);
        if (!overwrite && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException($"{folder}: the folder is not empty. Give a new folder, or allow overwriting.");
        var files = ShapesFolder.At(folder);
        Directory.CreateDirectory(files.Images);

        var parts = new Dictionary<string, string[]>();
        if (options.Masks)
            Directory.CreateDirectory(Path.Combine(folder, "masks"));
        var boxes = 0L;
        var first = 0;
        (string Json, int Count)[] splits =
            [(files.Train, options.Train), (files.Val, options.Val), (files.Test, options.Test)];
        foreach (var (json, count) in splits)
        {
            var images = WriteImages(files.Images, options, first, count, cancellationToken);
            var numbered = images.Select(
                image => image with { Boxes = [.. image.Boxes.Select(box => box with { Id = ++boxes })] });
            CocoDataset.Save(new(json, Categories, numbered), json, overwrite);
            first += count;
            parts[Path.GetFileNameWithoutExtension(json).Split('_')[1]] = [.. images.Select(image => image.FileName)];
        }
        if (options.Masks)
        {
            File.WriteAllLines(Path.Combine(folder, "classes.txt"), Categories.Select(category => category.Name));
            File.WriteAllText(Path.Combine(folder, "split.json"), JsonSerializer.Serialize(parts));
        }
        return files;
    }

    private static LabeledImage[] WriteImages(
        string folder, ShapesOptions options, int first, int count, CancellationToken cancellationToken)
    {
        using var encoder = new ImageEncoder(options.Format);
        var images = new LabeledImage[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var picture = ShapeScene.Paint(options, first + i);
            var name = $"shapes_{first + i:D5}{encoder.Extension}";
            var path = Path.Combine(folder, name);
            File.WriteAllBytes(path, encoder.Encode(picture.Image));
            if (picture.Labels is { } labels)
                File.WriteAllBytes(Path.Combine(folder, "..", "masks", $"shapes_{first + i:D5}.png"), LabelPngWriter.Classes(labels));
            images[i] = new(first + i + 1, name, path, options.Width, options.Height, picture.Boxes);
        });
        return images;
    }

    private static void Check(ShapesOptions options)
    {
        Require(options.Width is >= 32 and <= 4096, nameof(options.Width), options.Width, "32 to 4096 pixels");
        Require(options.Height is >= 32 and <= 4096, nameof(options.Height), options.Height, "32 to 4096 pixels");
        Require(options.Train >= 0, nameof(options.Train), options.Train, "0 or more pictures");
        Require(options.Val >= 0, nameof(options.Val), options.Val, "0 or more pictures");
        Require(options.Test >= 0, nameof(options.Test), options.Test, "0 or more pictures");
        Require(options.MaxShapes >= 1, nameof(options.MaxShapes), options.MaxShapes, "1 or more shapes");
        Require(options.MinSize > 0, nameof(options.MinSize), options.MinSize, "a part above 0");
        Require(options.MaxSize >= options.MinSize && options.MaxSize <= 0.9, nameof(options.MaxSize), options.MaxSize,
            $"a part from {nameof(options.MinSize)} to 0.9");
    }

    private static void Require(bool holds, string option, object found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(ShapesOptions)}.{option} is {found}; expected {expected}.");
    }
}
