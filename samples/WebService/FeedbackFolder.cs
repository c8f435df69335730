using System.Security.Cryptography;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace Samples.WebService;

/// <summary>
/// Feedback as a data set in LabelMe's format, a JSON file beside each picture, which the trainer reads. A picture is
/// named by its content: feedback on one that is there already takes the place of the earlier.
/// </summary>
public sealed class FeedbackFolder(string folder, IReadOnlyList<string> classes)
{
    private readonly ImageDecoder _decoder = new();
    private readonly Lock _writing = new();

    /// <summary>Stores a picture and its boxes; returns the picture's file name.</summary>
    /// <exception cref="ArgumentException">A class is unknown, or a box lies outside of the picture.</exception>
    /// <exception cref="UnreadableImageException">The bytes are no picture.</exception>
    public string Add(Feedback feedback)
    {
        var image = _decoder.Decode(feedback.Picture, "The picture");
        var boxes = feedback.Objects.Select(o => Box(o, image)).ToList();
        var ending = feedback.Picture is [0x89, ..] ? ".png" : ".jpg";
        var name = Convert.ToHexStringLower(SHA256.HashData(feedback.Picture))[..16] + ending;
        var path = Path.Combine(Path.GetFullPath(folder), name);
        var dataset = new DetectionDataset(folder, classes.Select((known, i) => new Category(i + 1, known)),
            [new LabeledImage(1, name, path, image.Width, image.Height, boxes)]);
        lock (_writing)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(path, feedback.Picture);
            DatasetFormat.LabelMe.Save(dataset, folder, overwrite: true);
        }
        return name;
    }

    private LabeledBox Box(TrueBox given, RgbImage image)
    {
        var category = classes.ToList().IndexOf(given.Class);
        if (category < 0)
            throw new ArgumentException(
                $"'{given.Class}' is no class of the detector; expected {string.Join(", ", classes)}.");
        if (given.Box is not [var x0, var y0, var x1, var y1] || new Box(x0, y0, x1, y1) is not { IsProper: true } box
            || box.Clip(image.Width, image.Height) != box)
            throw new ArgumentException(
                $"The box [{string.Join(", ", given.Box)}] of '{given.Class}' is none of a "
                + $"{image.Width} x {image.Height} picture; expected x0, y0, x1, y1 in pixels, x0 < x1 and y0 < y1.");
        return new(box, category, box.Area);
    }
}
