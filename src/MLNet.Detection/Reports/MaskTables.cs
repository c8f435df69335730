using MLNet.Detection.Evaluation.Masks;

namespace MLNet.Detection.Reports;

/// <summary>The section of classes of pixels on held-out pictures: each class, and what is taken for what.</summary>
internal static class MaskTables
{
    private const int MostConfused = 30;

    public static HtmlText Draw(SegmentationMetrics? metrics)
    {
        var html = new HtmlText();
        if (metrics is null)
            return html;
        html.Add($"<section><h2>Classes of pixels</h2><div class=\"scroll\"><table class=\"classes\"><thead><tr><th>Class</th>");
        html.Add($"<th class=\"number\">Pixels</th><th class=\"number\">IoU</th><th class=\"number\">Dice</th>");
        html.Add($"<th class=\"number\">Precision</th><th class=\"number\">Recall</th><th class=\"number\">Boundary F1</th>");
        html.Add($"</tr></thead><tbody>\n");
        foreach (var c in metrics.Classes)
        {
            html.Add($"<tr><th>{c.Name}</th><td class=\"number\">{c.True}</td>");
            foreach (var value in new[] { c.IoU, c.Dice, c.Precision, c.Recall, c.BoundaryF1 })
                html.Add($"<td class=\"number\">{HtmlText.Metric(value)}</td>");
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody></table></div>\n");
        if (metrics.Classes.Count <= MostConfused)
            AddConfusion(html, metrics);
        return html.Add($"</section>\n");
    }

    private static void AddConfusion(HtmlText html, SegmentationMetrics metrics)
    {
        html.Add($"<h3>True class by line, found class by column: share of the true pixels</h3>");
        html.Add($"<div class=\"scroll\"><table class=\"classes\"><thead><tr><th></th>");
        foreach (var c in metrics.Classes)
            html.Add($"<th class=\"number\">{c.Name}</th>");
        html.Add($"</tr></thead><tbody>\n");
        for (var t = 0; t < metrics.Classes.Count; t++)
        {
            html.Add($"<tr><th>{metrics.Classes[t].Name}</th>");
            for (var p = 0; p < metrics.Classes.Count; p++)
                html.Add($"<td class=\"number\">{HtmlText.Metric(metrics.Classes[t].True == 0 ? double.NaN
                    : (double)metrics.Confusion[t, p] / metrics.Classes[t].True)}</td>");
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody></table></div>\n");
    }
}
