using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Tests.Detectors;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Tests.Heads;

/// <summary>One export and how it is imported.</summary>
/// <param name="File">Name without extension.</param>
/// <param name="Head">The head; null: found by the import.</param>
/// <param name="Classes">Output with the class scores.</param>
/// <param name="Boxes">Output with the boxes.</param>
public sealed record HeadCase(string File, DetectionHead? Head, string Classes, string Boxes)
{
    /// <summary>Steps in which the head learns the four pictures by heart.</summary>
    public int StepsToOverfit { get; init; } = 250;

    internal HeadExport Export { get; } = new(File);

    /// <summary>All exports, one for each kind of head.</summary>
    public static IEnumerable<object[]> All =>
    [
        [new HeadCase("ssd", new SsdHead { Loss = new MultiBoxLoss { RepeatPositives = true } }, "cls_logits",
            "bbox_regression")],
        [new HeadCase("retinanet", new RetinaNetHead
        {
            Loss = new RetinaNetLoss { Box = new L1Loss(), EmptyImages = EmptyImages.CountAsOne },
        }, "cls_logits", "bbox_regression")],
        [new HeadCase("fcos", new FcosHead { CenternessValue = "bbox_ctrness" }, "cls_logits", "bbox_regression")],
        [new HeadCase("yolox", new YoloxHead(), "output", "output")],
        [new HeadCase("yolo", new YoloHead(), "output", "output")],
        [new HeadCase("yolov8", new Yolov8Head(), "output0", "output0") { StepsToOverfit = 400 }],
        [new HeadCase("detr", new DetrHead(), "pred_logits", "pred_boxes") { StepsToOverfit = 400 }],
    ];

    /// <summary>One of them.</summary>
    internal static HeadCase Of(string file) => All.Select(row => (HeadCase)row[0]).Single(row => row.File == file);

    internal DetectorImport Import => HeadExport.Import(Head, Classes, Boxes) with { Anchors = Anchors };

    private Box[]? Anchors => References.PathOf("heads", File + ".anchors.bin") is var path
        && System.IO.File.Exists(path) ? AnchorFile.Load(path, AnchorFormat.XyxyPixels, 64, 64) : null;

    internal DetectorModel Load() => Import.Load(Export.Path);

    /// <inheritdoc/>
    public override string ToString() => File;
}
