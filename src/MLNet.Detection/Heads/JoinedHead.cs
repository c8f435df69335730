
namespace MLNet.Detection.Heads;

/// <summary>
/// Heads whose output has boxes and classes together. Their convolutions tell them apart: three a level with 4 and 1
/// channels and the classes (YOLOX), two with 64 and the classes (YOLOv8), or one, with a box, an objectness and the
/// classes for each anchor (YOLO), where the file decodes them so or anchors are given.
/// </summary>
internal static class JoinedHead
{
    /// <summary>The output that may be of this kind: both names given alike, one name, or the file's only
    /// output.</summary>
    public static string? Output(HeadRequest options, IReadOnlyList<string> outputs) =>
        options.ClassOutput is { } name ? (options.BoxOutput ?? name) == name ? name : null
        : options.BoxOutput ?? (outputs.Count == 1 ? outputs[0] : null);

    /// <summary>The head behind the output; null where it is none of these.</summary>
    public static GridHead? Find(HeadImport import)
    {
        if (!import.HasMaps(import.ClassOutput))
            return null;
        var levels = import.LevelsBehind(import.ClassOutput)
            .Select(level => level.Select(map => (int)map.Shape[1]).ToList()).ToList();
        if (levels.All(level => level is [4, 1, _]))
            return new YoloxHead();
        // Four sides of sixteen bins.
        if (levels.All(level => level is [64, _]) && !RowChoice.IsFinal(import.Model))
            return new Yolov8Head();
        // [1, anchors, 5 + classes]: the last axis divides the channels of each level.
        var output = import.Shapes(import.ClassOutput)[0];
        var fits = output.Rank is 3 or 5 && output[-1] > 5
            && levels.All(level => level is [var channels] && channels % output[-1] == 0);
        return fits && (import.Options.Anchors is not null || import.Options.AnchorScheme is not null
            || YoloTail.Decodes(import)) ? new YoloHead() : null;
    }
}
