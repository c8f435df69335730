using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Images;

namespace MLNet.Detection.Tests.Data.Formats;

/// <summary>A data set with everything that formats differ in, and its pictures.</summary>
internal static class SampleData
{
    /// <summary>
    /// Two classes, a third without boxes; a crowd, a difficult box, an area of its own; an empty image.
    /// </summary>
    public static DetectionDataset Full => new("sample",
        [new(90, "dog"), new(18, "cat, \"wild\""), new(7, "bird")],
        [
            Image(30, "a/b.png", 40, 20,
                new LabeledBox(new(1, 2, 11.5f, 12), 0, 105, Id: 5),
                new LabeledBox(new(0, 0, 40, 20), 1, 800, Crowd: true, Id: 6)),
            Image(4, "c.png", 7, 9, new LabeledBox(new(0.25f, 1, 6, 8.125f), 1, 12, Difficult: true, Id: 8)),
            Image(12, "empty.png", 5, 5),
        ]);

    public static LabeledImage Image(long id, string name, int width, int height, params LabeledBox[] boxes) =>
        new(id, name, Path.GetFullPath(name), width, height, boxes);

    /// <summary>Grey PNG files of the images' sizes below a folder.</summary>
    public static void WritePictures(DetectionDataset dataset, string folder)
    {
        foreach (var image in dataset.Images)
            WritePicture(Path.Combine(folder, image.FileName), image.Width, image.Height);
    }

    public static void WritePicture(string path, int width, int height)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, PngFile.Write(width, height, 0, new byte[width * height]));
    }

    /// <summary>Saves, puts the pictures where they belong, and loads again.</summary>
    public static DetectionDataset SaveAndLoad(
        this DatasetFormat format, DetectionDataset dataset, string path, DatasetOptions? options = null)
    {
        format.Save(dataset, path);
        WritePictures(dataset, format.ImageFolder(path));
        return format.Load(path, options);
    }

    /// <summary>An image by its name, as a reader's order may differ from the writer's.</summary>
    public static LabeledImage Named(this DetectionDataset dataset, string name) =>
        dataset.Images.Single(image => image.FileName == name);

    public static string ClassOf(this DetectionDataset dataset, LabeledBox box) =>
        dataset.Categories[box.Category].Name;

    /// <summary>
    /// Corners agree to a thousandth of a pixel: parts of an image are rounded when they are written.
    /// </summary>
    public static void AreNear(Box expected, Box actual)
    {
        foreach (var (a, b) in new[]
        {
            (expected.X0, actual.X0), (expected.Y0, actual.Y0), (expected.X1, actual.X1), (expected.Y1, actual.Y1),
        })
            Assert.AreEqual(a, b, 1e-3f, $"{expected} is not {actual}");
    }
}
