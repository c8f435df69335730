using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>The kind of head that a detector seems to have.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">What speaks for it.</param>
public sealed record HeadGuess(HeadKind Kind, string Reason)
{
    /// <summary>What pictures files of the kind take; null where they differ.</summary>
    public Normalization? Pixels => Kind switch
    {
        HeadKind.Yolo => new YoloHead().CustomaryPixels,
        HeadKind.Yolov8 => new Yolov8Head().CustomaryPixels,
        HeadKind.Yolox => new YoloxHead().CustomaryPixels,
        HeadKind.Detr => new DetrHead().CustomaryPixels,
        HeadKind.Fcos => Normalization.ImageNet,
        _ => null,
    };

    /// <summary>Guesses; null where nothing speaks for any kind.</summary>
    /// <param name="summary">The report on the model.</param>
    /// <param name="cells">Cells of all feature maps of the head; 0 where it is not made of maps.</param>
    /// <param name="anchors">Schemes against the head's maps.</param>
    public static HeadGuess? Of(ModelSummary summary, long cells, IReadOnlyList<AnchorFit> anchors)
    {
        if (summary.Heads is not { } heads)
            return Maps(summary);
        var rows = heads.Boxes.Shape![1];
        var third = summary.Cuts.FirstOrDefault(cut => cut.Role == HeadRole.Objectness);
        if (third is not null)
            return third.Value.Contains("obj", StringComparison.OrdinalIgnoreCase)
                ? new(HeadKind.Yolox, $"a row of '{third.Value}' for each of {rows} cells")
                : new(HeadKind.Fcos, $"a row of '{third.Value}' for each of {rows} points");
        if (cells == 0 && rows <= 1000 && summary.Operators.Any(use => use is { Operator: "Softmax", OnPath: > 0 }))
            return new(HeadKind.Detr, $"{rows} rows that belong to no feature map, behind attention");
        return heads.Classes.Activation switch
        {
            "Softmax" or "LogSoftmax" => new(HeadKind.Ssd, "a softmax over the classes follows"),
            not null => new(HeadKind.RetinaNet, "one sigmoid a class follows"),
            _ => anchors.FirstOrDefault(fit => fit.Fits) is { } fit
                ? new(fit.Known.Kind, $"no activation follows, but anchors fit those of {fit.Known.Name}") : null,
        };
    }

    /// <summary>The head behind a file's only output, as <see cref="DetectorImport"/> finds it; null where it finds
    /// none.</summary>
    internal static HeadGuess? Joined(OnnxModel model, ImageInput input)
    {
        if (model.OutputNames is not [var output])
            return null;
        var import = new HeadImport(new DetectorImport { Classes = ["object"] }, model, input, output, output);
        return JoinedHead.Find(import)?.Kind switch
        {
            HeadKind.Yolov8 => new(HeadKind.Yolov8, $"{import.LevelsBehind(output).Count} levels with maps for "
                + "16 bins a side and for the classes"),
            HeadKind.Yolox => new(HeadKind.Yolox, $"{import.LevelsBehind(output).Count} levels with maps for boxes, "
                + "objectness and classes each"),
            HeadKind.Yolo => new(HeadKind.Yolo, $"{import.LevelsBehind(output).Count} maps with boxes, objectness and "
                + "classes of each anchor"),
            _ => null,
        };
    }

    // What decodes each map before it joins them: boxes, objectness and classes of a cell.
    private static HeadGuess? Maps(ModelSummary summary)
    {
        var maps = summary.Cuts.Where(cut => cut is { Shape.Rank: 4 or 5, Branches: 1 }).ToList();
        if (maps.Count == 0 || maps.Count < summary.Cuts.Count)
            return null;
        var (boxes, objectness) = (maps.Count(cut => cut.Shape![1] == 4), maps.Count(cut => cut.Shape![1] == 1));
        if (boxes > 0 && boxes == objectness && maps.Count == 3 * boxes)
            return new(HeadKind.Yolox, $"{boxes} levels with maps for boxes, objectness and classes each");
        var anchors = maps.Select(cut => cut.Shape!.Rank == 5 ? cut.Shape[1] : cut.Shape[1] % 3 == 0 ? 3 : 0).ToList();
        // One map a level.
        return anchors.Distinct().Count() == 1 && anchors[0] > 0
            && maps.Select(cut => (cut.Shape![-2], cut.Shape[-1])).Distinct().Count() == maps.Count
            ? new(HeadKind.Yolo, $"{maps.Count} maps with boxes, objectness and classes of {anchors[0]} anchors each")
            : null;
    }
}
