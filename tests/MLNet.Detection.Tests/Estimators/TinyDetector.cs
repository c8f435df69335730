using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Estimators;

/// <summary>The detector of reference group 13 (32 x 32, 128 anchors, 3 classes) and pictures to run it on.</summary>
internal static class TinyDetector
{
    public static Box[] Anchors { get; } =
        AnchorFile.Load(References.PathOf("13_training", "anchors_xyxy.bin"), AnchorFormat.XyxyPixels, 32, 32);

    public static ImageResize Resize { get; } = new(32, 32);

    public static DetectorModel Model { get; } = new()
    {
        Model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx")),
        ClassValue = "cls_logits",
        BoxValue = "bbox_regression",
        Classes = ["cup", "dog", "owl"],
        Anchors = Anchors,
        Resize = Resize,
        Normalization = new(128f, 64f),
        Decoder = DetectionDecoder.RetinaNet with { ScoreThreshold = 0.1f },
    };

    /// <summary>The picture of the reference, whose planes are u8 / 64 - 2.</summary>
    public static RgbImage Reference(int index)
    {
        var planes = File.ReadAllBytes(References.PathOf("13_training", "images.u8.bin"))
            .AsSpan(index * 3 * 1024, 3 * 1024);
        var pixels = new byte[3 * 1024];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = planes[i % 3 * 1024 + i / 3];
        return new(32, 32, pixels);
    }

    /// <summary>A PNG file of noise, of a size that the seed decides too.</summary>
    public static byte[] Noise(int seed)
    {
        var random = new Random(seed);
        var (width, height) = (random.Next(20, 90), random.Next(20, 90));
        var samples = new byte[3 * width * height];
        random.NextBytes(samples);
        return Images.PngFile.Write(width, height, 2, samples);
    }

    public static byte[] Png(RgbImage image) => Images.PngFile.Write(image.Width, image.Height, 2, image.Pixels);
}
