using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace Samples.SwitchTrainer;

/// <summary>A row as ML.NET's own object detection takes it: class names, and four numbers a box.</summary>
internal sealed class Photo
{
    public byte[] Image { get; set; } = [];

    public string[] Label { get; set; } = [];

    public float[] BoundingBoxes { get; set; } = [];

    /// <summary>Drawn pictures in the place of your own.</summary>
    public static List<Photo> Draw(int count, int seed)
    {
        using var encoder = new ImageEncoder(ImageFormat.Jpeg);
        var options = new ShapesOptions { Seed = seed, Train = count, Val = 0, Test = 0 };
        return [.. Enumerable.Range(0, count).Select(i => ShapesGenerator.Draw(options, i)).Select(picture => new Photo
        {
            Image = encoder.Encode(picture.Image),
            Label = [.. picture.Boxes.Select(label => ShapesGenerator.Categories[label.Category].Name)],
            BoundingBoxes = [.. picture.Boxes.SelectMany(label =>
                new[] { label.Box.X0, label.Box.Y0, label.Box.X1, label.Box.Y1 })],
        })];
    }
}
