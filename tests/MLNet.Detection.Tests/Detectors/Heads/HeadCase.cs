using MLNet.Detection.Detectors;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>One export and how it is imported.</summary>
/// <param name="File">Name without extension.</param>
/// <param name="Head">The head; null: found by the import.</param>
/// <param name="Classes">Output with the class scores.</param>
/// <param name="Boxes">Output with the boxes.</param>
public sealed record HeadCase(string File, DetectionHead? Head, string Classes, string Boxes)
{
    internal HeadExport Export { get; } = new(File);

    /// <summary>All exports, one for each kind of head.</summary>
    public static IEnumerable<object[]> All =>
    [
        [new HeadCase("fcos", new FcosHead { CenternessValue = "bbox_ctrness" }, "cls_logits", "bbox_regression")],
        [new HeadCase("yolox", new YoloxHead(), "output", "output")],
        [new HeadCase("yolo", new YoloHead(), "output", "output")],
        [new HeadCase("detr", new DetrHead(), "pred_logits", "pred_boxes")],
    ];

    internal DetectorImport Import => HeadExport.Import(Head, Classes, Boxes);

    internal DetectorModel Load() => Import.Load(Export.Path);

    /// <inheritdoc/>
    public override string ToString() => File;
}
