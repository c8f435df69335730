namespace MLNet.Detection.Reports;

/// <summary>The section of metrics on held-out pictures: precision over recall, all metrics, each class.</summary>
internal static class MetricTables
{
    public static HtmlText Draw(ReportData data)
    {
        var html = new HtmlText();
        if (data.Metrics.Count + data.Classes.Count == 0)
            return html;
        html.Add($"<section><h2>Held-out metrics</h2><div class=\"charts\">\n");
        if (data.Classes.Any(item => item.PrecisionRecall.Count > 0))
            html.Add($"{PrecisionRecall(data.Classes).Draw()}");
        if (data.Metrics.Count > 0)
            AddMetrics(html, data.Metrics);
        html.Add($"</div>\n");
        if (data.Classes.Count > 0)
            AddClasses(html, data.Classes);
        return html.Add($"</section>\n");
    }

    private static LineChart PrecisionRecall(IReadOnlyList<ReportClass> classes) => new(
        "Precision over recall at IoU 0.50", new("recall", 0, 1), new("precision", 0, 1.02),
        [.. classes.Select((item, i) => new ChartLine(item.Name, item.PrecisionRecall, i))]) { Height = 400 };

    private static void AddMetrics(HtmlText html, IReadOnlyList<ReportMetric> metrics)
    {
        html.Add($"<figure class=\"chart\"><figcaption>Metrics</figcaption><table><tbody>\n");
        foreach (var metric in metrics)
        {
            html.Add($"<tr><th>{metric.Name}</th><td class=\"number\">{HtmlText.Metric(metric.Value)}</td>");
            html.Add($"<td class=\"meaning\">{metric.Meaning}</td></tr>\n");
        }
        html.Add($"</tbody></table></figure>\n");
    }

    private static void AddClasses(HtmlText html, IReadOnlyList<ReportClass> classes)
    {
        html.Add($"<div class=\"scroll\"><table class=\"classes\"><thead><tr><th>Class</th>");
        html.Add($"<th class=\"number\">Objects</th>");
        html.Add($"<th class=\"number\">AP</th><th class=\"number\">AP50</th><th class=\"number\">Best F1</th>");
        html.Add($"<th class=\"bar\">AP50</th></tr></thead><tbody>\n");
        foreach (var (item, index) in classes.Select((item, index) => (item, index)))
        {
            html.Add($"<tr class=\"{Palette.Class(index)}\"><th><i></i>{item.Name}</th>");
            html.Add($"<td class=\"number\">{item.Objects}</td>");
            html.Add($"<td class=\"number\">{HtmlText.Metric(item.Ap)}</td>");
            html.Add($"<td class=\"number\">{HtmlText.Metric(item.Ap50)}</td>");
            html.Add($"<td class=\"number\">{HtmlText.Metric(item.F1)}</td>");
            html.Add($"<td class=\"bar\"><b style=\"width:{100 * Shown(item.Ap50):0.#}%\"></b></td></tr>\n");
        }
        html.Add($"</tbody></table></div>\n");
    }

    private static double Shown(double metric) => double.IsNaN(metric) ? 0 : Math.Clamp(metric, 0, 1);
}
