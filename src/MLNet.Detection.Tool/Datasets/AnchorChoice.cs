using System.Globalization;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tool.Datasets;

/// <summary>Anchors to measure, and the network's input that they belong to.</summary>
internal sealed record AnchorChoice(IReadOnlyList<Box> Anchors, ImageResize Resize, string Sizes = "")
{
    public const string Description = "Measure anchors: retinanet, yolov3, ultraface, fit (nine sizes fitted to the "
        + "first part), or the ONNX file of a detector that this library wrote.";

    /// <summary>The anchors of this name at a square input.</summary>
    public static AnchorChoice Of(string name, int side, DatasetSplit train)
    {
        var resize = new ImageResize(side, side, ResizeMode.Letterbox);
        switch (name)
        {
            case "retinanet":
                return new(RetinaNetAnchors.Default.Generate(side, side, Maps(side, 8, 16, 32, 64, 128)), resize);
            case "yolov3":
                return new(YoloAnchors.Version3.Generate(side, side, Maps(side, 8, 16, 32)), resize);
            case "ultraface":
                return new(UltraFaceAnchors.Default.Generate(side, side), resize);
            case "fit":
                var fitted = YoloAnchors.Fit(train.Dataset, resize);
                return new(fitted.Generate(side, side, Maps(side, 8, 16, 32)), resize, Text(fitted));
            default:
                var detector = DetectorModel.Load(name);
                return new(detector.Anchors, detector.Resize);
        }
    }

    private static GridSize[] Maps(int side, params IEnumerable<int> strides) =>
        [.. strides.Select(stride => GridSize.FromStride(side, side, stride))];

    private static string Text(YoloAnchors anchors) => string.Join("; ", anchors.Sizes.Select(level =>
        string.Join(", ", level.Select(size => string.Create(
            CultureInfo.InvariantCulture, $"{size.X:0} x {size.Y:0}")))));
}
