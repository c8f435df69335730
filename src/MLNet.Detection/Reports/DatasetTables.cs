using MLNet.Detection.Data.Inspection;

namespace MLNet.Detection.Reports;

/// <summary>The sections of parts, classes and suspicions.</summary>
internal static class DatasetTables
{
    private const int ListedOfKind = 10;

    private static readonly Dictionary<SuspicionKind, string> Meanings = new()
    {
        [SuspicionKind.Duplicate] = "two boxes of one class on the same object",
        [SuspicionKind.TwoClasses] = "two boxes of different classes on the same object",
        [SuspicionKind.Tiny] = "boxes with a side of a few pixels",
        [SuspicionKind.ExtremeAspect] = "boxes much longer than wide, or wider than long",
        [SuspicionKind.OnLoad] = "boxes clipped or dropped, images left out on load",
        [SuspicionKind.WrongSize] = "pictures of another size than their annotations say",
        [SuspicionKind.Unreadable] = "pictures that cannot be read",
        [SuspicionKind.SamePicture] = "the same picture twice in a part",
        [SuspicionKind.SamePictureInParts] = "the same picture in two parts: what is measured there was learnt",
    };

    public static HtmlText DrawSplits(DatasetInspection data)
    {
        var html = new HtmlText();
        html.Add($"<section><h2>Parts</h2><div class=\"scroll\"><table><thead><tr><th>Part</th>");
        foreach (var name in new[] { "Pictures", "without boxes", "Boxes", "a picture", "Crowds", "Difficult" })
            html.Add($"<th class=\"number\">{name}</th>");
        html.Add($"</tr></thead><tbody>\n");
        foreach (var split in data.Splits)
        {
            html.Add($"<tr><th>{DatasetCharts.Name(split.Name)}</th><td class=\"number\">{split.Images}</td>");
            html.Add($"<td class=\"number\">{split.EmptyImages}</td><td class=\"number\">{split.Boxes}</td>");
            html.Add($"<td class=\"number\">{(double)split.Boxes / Math.Max(1, split.Images):0.0}</td>");
            html.Add($"<td class=\"number\">{split.Crowds}</td><td class=\"number\">{split.Difficult}</td></tr>\n");
        }
        return html.Add($"</tbody></table></div></section>\n");
    }

    public static HtmlText DrawClasses(DatasetInspection data)
    {
        var html = new HtmlText();
        html.Add($"<section><h2>Classes</h2><div class=\"scroll\"><table class=\"classes\"><thead><tr><th>Class</th>");
        foreach (var split in data.Splits)
            html.Add($"<th class=\"number\">Boxes{(split.Name.Length > 0 ? $" in {split.Name}" : "")}</th>");
        foreach (var name in new[] { "Pictures", "Small", "Medium", "Large", "Anchors’ recall" }.SkipLast(
            data.Anchors.Count == 0 ? 1 : 0))
            html.Add($"<th class=\"number\">{name}</th>");
        html.Add($"<th class=\"bar\">Boxes</th></tr></thead><tbody>\n");
        var most = data.Splits[0].Classes.Select((_, i) => Total(data, i, c => c.Boxes)).DefaultIfEmpty().Max();
        for (var i = 0; i < data.Splits[0].Classes.Count; i++)
            AddClass(html, data, i, Math.Max(1, most));
        return html.Add($"</tbody></table></div></section>\n");
    }

    public static HtmlText DrawSuspicions(DatasetInspection data)
    {
        var html = new HtmlText();
        html.Add($"<section><h2>Suspicions ({data.Suspicions.Count})</h2><div class=\"scroll\"><table><tbody>\n");
        var counts = data.Suspicions.CountBy(suspicion => suspicion.Kind).ToDictionary();
        foreach (var (kind, meaning) in Meanings)
        {
            html.Add($"<tr><th>{kind.ToString()}</th><td class=\"number\">{counts.GetValueOrDefault(kind)}</td>");
            html.Add($"<td class=\"meaning\">{meaning}</td></tr>\n");
        }
        html.Add($"</tbody></table></div>\n");
        if (data.Suspicions.Count > 0)
            AddSuspicions(html, data.Suspicions);
        return html.Add($"</section>\n");
    }

    private static void AddSuspicions(HtmlText html, IReadOnlyList<Suspicion> suspicions)
    {
        html.Add($"<ul class=\"problems\">\n");
        foreach (var kind in suspicions.GroupBy(suspicion => suspicion.Kind))
        {
            foreach (var suspicion in kind.Take(ListedOfKind))
                html.Add($"<li>{suspicion.Split} {suspicion.Place}: {suspicion.Message}</li>\n");
            if (kind.Count() is var count && count > ListedOfKind)
                html.Add($"<li>{count - ListedOfKind} more: {Meanings[kind.Key]}</li>\n");
        }
        html.Add($"</ul>\n");
    }

    private static void AddClass(HtmlText html, DatasetInspection data, int index, int most)
    {
        html.Add($"<tr class=\"{Palette.Class(index)}\"><th><i></i>{data.Splits[0].Classes[index].Name}</th>");
        foreach (var split in data.Splits)
            html.Add($"<td class=\"number\">{split.Classes[index].Boxes}</td>");
        Func<ClassStatistics, int>[] numbers = [c => c.Images, c => c.Small, c => c.Medium, c => c.Large];
        foreach (var number in numbers)
            html.Add($"<td class=\"number\">{Total(data, index, number)}</td>");
        if (data.Anchors.Count > 0)
            html.Add($"<td class=\"number\">{HtmlText.Metric(data.Anchors[0].Classes[index].Recall50 ?? -1)}</td>");
        html.Add($"<td class=\"bar\"><b style=\"width:{100.0 * Total(data, index, c => c.Boxes) / most:0.#}%\"></b>");
        html.Add($"</td></tr>\n");
    }

    private static int Total(DatasetInspection data, int index, Func<ClassStatistics, int> number) =>
        data.Splits.Sum(split => number(split.Classes[index]));
}
