using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Reports;

/// <summary>The section of errors: what each kind costs, and what is taken for what.</summary>
internal static class ErrorTables
{
    private const int LargestMatrix = 24, Listed = 20;

    private static readonly Dictionary<ErrorKind, string> Meanings = new()
    {
        [ErrorKind.Classification] = "right place, wrong class",
        [ErrorKind.Localization] = "right class, IoU 0.1 to 0.5",
        [ErrorKind.Both] = "wrong class and IoU 0.1 to 0.5",
        [ErrorKind.Duplicate] = "the object was found already",
        [ErrorKind.Background] = "nothing is there",
        [ErrorKind.Missed] = "objects without any detection",
    };

    public static HtmlText Draw(ReportData data)
    {
        var html = new HtmlText();
        if (data.Analysis is not { } analysis)
            return html;
        html.Add($"<section><h2>Errors</h2><div class=\"charts\">\n");
        AddCosts(html, analysis.Errors);
        html.Add($"<figure class=\"chart\"><figcaption>What is taken for what, at each class's best F1</figcaption>");
        html.Add($"<div class=\"scroll\"><table>\n");
        if (data.Classes.Count <= LargestMatrix)
            AddMatrix(html, analysis.Confusion, data.Classes);
        else
            AddList(html, analysis.Confusion, data.Classes);
        return html.Add($"</table></div></figure></div></section>\n");
    }

    private static void AddCosts(HtmlText html, ErrorBreakdown errors)
    {
        html.Add($"<figure class=\"chart\"><figcaption>AP50 won if all errors of a kind were put right</figcaption>");
        html.Add($"<table><thead><tr><th>Error</th><th class=\"number\">Count</th><th class=\"number\">AP50</th>");
        html.Add($"<th class=\"bar\"></th><th></th></tr></thead><tbody>\n");
        var most = Math.Max(1e-9, errors.PerKind.Values.Max(cost => cost.AP));
        foreach (var (kind, cost) in errors.PerKind)
        {
            html.Add($"<tr class=\"c0\"><th>{kind.ToString()}</th><td class=\"number\">{cost.Count}</td>");
            html.Add($"<td class=\"number\">{HtmlText.Metric(cost.AP)}</td>");
            html.Add($"<td class=\"bar\"><b style=\"width:{100 * cost.AP / most:0.#}%\"></b></td>");
            html.Add($"<td class=\"meaning\">{Meanings[kind]}</td></tr>\n");
        }
        html.Add($"</tbody></table></figure>\n");
    }

    private static void AddMatrix(HtmlText html, ConfusionMatrix confusion, IReadOnlyList<ReportClass> classes)
    {
        var sides = Enumerable.Range(0, classes.Count + 1);
        html.Add($"<thead><tr><th>true</th>");
        foreach (var predicted in sides)
            html.Add($"<th class=\"number\">{Name(predicted, classes, "missed")}</th>");
        html.Add($"</tr></thead><tbody>\n");
        foreach (var truth in sides)
        {
            var total = Math.Max(1, confusion.Total(truth));
            html.Add($"<tr><th>{Name(truth, classes, "nothing")}</th>");
            foreach (var count in sides.Select(predicted => confusion[truth, predicted]))
                html.Add($"<td class=\"number cell\" style=\"--share:{100.0 * count / total:0}%\">{count}</td>");
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody>");
    }

    private static void AddList(HtmlText html, ConfusionMatrix confusion, IReadOnlyList<ReportClass> classes)
    {
        html.Add($"<thead><tr><th>true</th><th>taken for</th><th class=\"number\">times</th></tr></thead><tbody>\n");
        var sides = Enumerable.Range(0, classes.Count + 1).ToList();
        var mistakes =
            from truth in sides
            from predicted in sides
            where truth != predicted && confusion[truth, predicted] > 0
            orderby confusion[truth, predicted] descending
            select (truth, predicted);
        foreach (var (truth, predicted) in mistakes.Take(Listed))
        {
            html.Add($"<tr><th>{Name(truth, classes, "nothing")}</th><td>{Name(predicted, classes, "missed")}</td>");
            html.Add($"<td class=\"number\">{confusion[truth, predicted]}</td></tr>\n");
        }
        html.Add($"</tbody>");
    }

    private static string Name(int index, IReadOnlyList<ReportClass> classes, string background) =>
        index < classes.Count ? classes[index].Name : background;
}
