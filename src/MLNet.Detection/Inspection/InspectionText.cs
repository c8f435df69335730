using System.Globalization;
using System.Text;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Inspection;

namespace MLNet.Detection.Inspection;

/// <summary>Writes a report on a detector as text.</summary>
internal static class InspectionText
{
    public static string Write(DetectorInspection report)
    {
        var text = new StringBuilder((report.Model with { Problems = [] }).ToString());
        SummaryText.Section(text, report.Map is null ? "Detector" : "Segmentation", Facts(report).Select(fact => (string[])[fact.Name, fact.Value]));
        SummaryText.Section(text, "Anchors of known detectors on these maps", report.Schemes.Select(Row));
        SummaryText.Section(text, "Notes", report.Notes.Select(note => (string[])[note]));
        SummaryText.Section(text, "Problems", report.Problems.Select(problem => (string[])[problem]));
        SummaryText.Section(text, "Still to be given", report.Recipe.Missing.Select(what => (string[])[what]));
        text.AppendLine().AppendLine("Tune it").AppendLine($"  mlnet-detect train {report.Recipe.Command}").AppendLine();
        foreach (var line in report.Recipe.Code.Split('\n'))
            text.AppendLine(("  " + line).TrimEnd());
        return text.ToString();
    }

    /// <summary>What is said of pictures, head and anchors, one line each.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(DetectorInspection report)
    {
        if (report.Input is { } input)
            yield return ("pictures", $"{input.Width} x {input.Height}, {input.Type}, "
                + $"{(input.Channels == 1 ? "grey, " : "")}{(input.ChannelsLast ? "colours last" : "colours first")}, "
                + $"{(report.BatchOfOne ? "one at a time" : input.HasBatch ? "batches" : "one")}");
        if (report.Front is { } front)
            yield return ("preparation", report.StoredNormalization is not null && front.InputRange is null
                ? "none in the file, whose metadata say what it takes" : Preparation(front));
        if (report is { Map: { } map, Input: { } picture })
        {
            yield return ("map of scores", MapMeaning.ToWords(map, picture));
            yield return ("channels", MapMeaning.Channels(map));
            yield break;
        }
        yield return ("head", report.Head is { } head ? $"{head.Kind}: {head.Reason}" : "not clear");
        if (report.Model.Heads is { } heads)
            yield return ("classes", Classes(report, heads.Classes.Shape![2]));
        else if (report.Queries is { } queries)
            yield return ("classes", $"{queries.Classes}, values '{queries.ClassValue}' and '{queries.BoxValue}'");
        foreach (var fact in Stages(report.Stages))
            yield return fact;
        var maps = report.Maps.Zip(report.AnchorsPerCell, (map, anchors) => (map.Width, map.Height, Anchors: anchors));
        if (report.Maps.Count > 0)
            yield return ("feature maps", string.Join(", ", maps.Select(map =>
                $"{map.Width} x {map.Height} x {map.Anchors}")) + " anchors, "
                + $"{maps.Sum(map => map.Width * map.Height * map.Anchors)}");
        if (report.TailAnchors is { } tail)
        {
            var coder = tail.Coder;
            var variances = new[] { coder.WeightX, coder.WeightY, coder.WeightWidth, coder.WeightHeight };
            yield return ("anchors in the tail", $"{tail.Anchors.Count}, variances "
                + string.Join(", ", variances.Select(weight => Number(1 / weight)))
                + (coder.MaxLogScale is { } limit ? $", growth limited to e^{Number(limit)}" : ""));
        }
        else
            yield return ("anchors in the tail", "none");
    }

    private static string Classes(DetectorInspection report, long columns) => report.Head?.Kind switch
    {
        Heads.HeadKind.Ssd => $"{columns} columns: background and {columns - 1} classes",
        Heads.HeadKind.Detr => $"{columns} columns: {columns - 1} classes and no object",
        null => $"{columns} columns", _ => $"{columns}",
    };

    private static string Preparation(ImageFront front)
    {
        var range = front.InputRange == Normalization.Pixels ? "0 to 255" : "0 to 1";
        if (front.InputRange is null)
            return "none in the file: the caller normalises, and must know how";
        var colors = string.Join(", ", front.Scale.Zip(front.Offset, (a, b) =>
            $"{Number(a)} x {(b < 0 ? "-" : "+")} {Number(Math.Abs(b))}").Distinct());
        return $"y = {colors} in the file{(front.Swapped ? ", colours in reverse" : "")}; takes pictures from {range}; "
            + $"training starts behind it, at '{front.Value}'";
    }

    private static IEnumerable<(string Name, string Value)> Stages(TwoStageFinding? stages)
    {
        if (stages is not { Head: var head })
            yield break;
        yield return ("classes", $"{head.ClassColumns - 1} and background, values '{stages.ClassLogits}' and "
            + $"'{stages.BoxDeltas}'");
        yield return ("proposals", $"{string.Join(" + ", head.Places)} anchors; overlap of two at most "
            + $"{Number(head.Proposals.IouThreshold)}, score at least {Number(head.Proposals.ScoreThreshold)}");
        yield return ("regions", string.Join(", ", head.Levels.Select(level => level.From == 0
            ? $"on '{level.Map}'" : $"from {Number(level.From)} pixels on '{level.Map}'")));
        yield return ("found by the file", $"'{head.FileOutputs.Boxes}', '{head.FileOutputs.Labels}' from "
            + $"{head.FileOutputs.FirstLabel}, '{head.FileOutputs.Scores}'");
        if (stages.Others.Count > 0)
            yield return ("kept, not trained", $"what leads to {string.Join(", ", stages.Others.Select(name => $"'{name}'"))} "
                + "alone");
    }

    /// <summary>A scheme as a row of a table.</summary>
    public static string[] Row(AnchorFit fit) =>
    [
        fit.Known.Name, fit.Count is { } count ? $"{count}" : "-",
        fit.Distance is { } distance ? $"fits; at most {Number(distance)} pixels from the anchors in the file"
            : fit.Fits ? "fits" : fit.Count is null ? $"has {fit.Known.Scheme.Levels} levels" : "does not fit",
    ];

    private static string Number(float value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
