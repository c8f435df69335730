namespace MLNet.Detection.Detectors;

/// <summary>
/// Heads whose output has boxes and classes together. Their convolutions tell them apart: three a level with 4 and 1
/// channels and the classes (YOLOX), or one a level, with a box, an objectness and the classes for each anchor (YOLO).
/// </summary>
internal static class JoinedHead
{
    /// <summary>The output that may be of this kind: both names given alike, one name, or the file's only
    /// output.</summary>
    public static string? Output(DetectorImport options, IReadOnlyList<string> outputs) =>
        options.ClassOutput is { } name ? (options.BoxOutput ?? name) == name ? name : null
        : options.BoxOutput ?? (outputs.Count == 1 ? outputs[0] : null);

    /// <summary>The head behind the output; null where it is none of these.</summary>
    public static GridHead? Find(HeadImport import)
    {
        if (!import.HasMaps(import.ClassOutput))
            return null;
        var maps = import.MapsBehind(import.ClassOutput);
        var levels = maps.GroupBy(map => (map.Shape[2], map.Shape[3]), map => (int)map.Shape[1]).ToList();
        if (levels.All(level => level.ToList() is [4, 1, _]))
            return new YoloxHead();
        // [1, anchors, 5 + classes]: the last axis divides the channels of each level.
        var output = import.Shapes(import.ClassOutput)[0];
        var fits = output.Rank is 3 or 5 && output[-1] > 5
            && levels.All(level => level.ToList() is [var channels] && channels % output[-1] == 0);
        return fits ? new YoloHead() : null;
    }
}
