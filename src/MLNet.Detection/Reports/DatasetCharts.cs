using MLNet.Detection.Data.Inspection;

namespace MLNet.Detection.Reports;

/// <summary>The section of distributions, a line a part: parts that differ show it.</summary>
internal static class DatasetCharts
{
    public static HtmlText Draw(DatasetInspection data)
    {
        var html = new HtmlText();
        if (data.Splits.All(split => split.Boxes == 0))
            return html;
        html.Add($"<section><h2>Distributions</h2><div class=\"charts\">\n");
        html.Add($"{Histogram(data, "Side of the box, as a part of the picture's", "sqrt(w h / W H)",
            split => split.RelativeSizes, "boxes").Draw()}");
        html.Add($"{Histogram(data, "Aspect ratio of the boxes: 0 square, 1 twice as wide as high", "log2(w / h)",
            split => split.AspectRatios, "boxes").Draw()}");
        html.Add($"{Histogram(data, "Boxes a picture", "boxes", split => split.BoxesPerImage, "pictures").Draw()}");
        if (data.Anchors.Any(anchors => anchors.Recall.Count > 0))
            html.Add($"{Coverage(data.Anchors).Draw()}");
        return html.Add($"</div></section>\n");
    }

    public static string Name(string split) => split.Length > 0 ? split : "all";

    private static LineChart Histogram(DatasetInspection data, string title, string quantity,
        Func<SplitStatistics, IReadOnlyList<HistogramBin>> bins, string counted)
    {
        ChartLine[] lines =
            [.. data.Splits.Select((split, i) => new ChartLine(Name(split.Name), Shares(bins(split)), i))];
        var range = bins(data.Splits[0]);
        return new(title, new(quantity, range[0].From, range[^1].To), ChartAxis.FromZero(
            $"part of the {counted}", lines.SelectMany(line => line.Points).Max(point => point.Y)), lines);
    }

    private static CurvePoint[] Shares(IReadOnlyList<HistogramBin> bins)
    {
        var total = Math.Max(1, bins.Sum(bin => bin.Count));
        return [.. bins.Select(bin => new CurvePoint((bin.From + bin.To) / 2, bin.Count / (double)total))];
    }

    private static LineChart Coverage(IReadOnlyList<AnchorCoverage> anchors) => new(
        $"Best possible recall of {anchors[0].Anchors} anchors", new("IoU", 0, 1), new("recall", 0, 1.02),
        [.. anchors.Select((split, i) => new ChartLine(
            Name(split.Split), [.. split.Recall.Select(point => new CurvePoint(point.Overlap, point.Recall))], i))]);
}
