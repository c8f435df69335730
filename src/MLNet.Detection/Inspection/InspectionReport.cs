using MLNet.Detection.Reports;
using OnnxGraphs.Inspection;

namespace MLNet.Detection.Inspection;

/// <summary>
/// Writes a report on a detector as one HTML file that needs nothing else, with a picture of the model's blocks.
/// </summary>
public static class InspectionReport
{
    private const string Sheet = """
        .graph { padding: 14px; overflow-x: auto; } .graph svg { min-width: 720px; }
        .block rect { fill: var(--ground); stroke: var(--rule); } .block .side { fill: var(--c); stroke: none; }
        .name { font-size: 12.5px; font-weight: 600; fill: var(--text); }
        .edge { fill: none; stroke: var(--quiet); stroke-width: 1.2; opacity: .55; }
        pre { margin: 0; padding: 14px 16px; overflow-x: auto; font: 13px/1.5 ui-monospace, Consolas, monospace; }
        .scroll + .scroll { margin-top: 12px; }

        """;

    /// <summary>The HTML text; the same report gives the same text.</summary>
    public static string Render(DetectorInspection report)
    {
        var (html, model, name) = (new HtmlText(), report.Model, Path.GetFileName(report.Model.Path));
        html.Add($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<title>{name}</title>\n");
        html.AddMarkup("<style>\n" + ReportStyle.Sheet + Sheet + "</style></head><body>\n");
        html.Add($"<header><h1>{name}</h1><p>opset {model.Opset}, {model.Nodes} nodes, {model.Producer}</p>");
        Figures(html, report);
        html.Add($"</header>\n<main>\n");
        Table(html, "Problems", report.Problems.Select(problem => (string[])[problem]));
        Table(html, "Notes", report.Notes.Select(note => (string[])[note]));
        Table(html, "Still to be given", report.Recipe.Missing.Select(what => (string[])[what]));
        Recipe(html, report.Recipe);
        html.Add($"<section><h2>Structure</h2><div class=\"scroll graph\">{GraphPicture.Draw(model)}</div>");
        html.Add($"</section>\n");
        Table(html, "Detector", InspectionText.Facts(report).Select(fact => (string[])[fact.Name, fact.Value]));
        foreach (var (heading, rows) in SummaryText.Tables(model).Where(table => table.Heading != "Problems"))
            Table(html, heading, rows);
        Table(html, "Anchors of known detectors on these maps", report.Schemes.Select(InspectionText.Row));
        return html.Add($"</main></body></html>\n").ToString();
    }

    private static void Figures(HtmlText html, DetectorInspection report)
    {
        var (model, cost) = (report.Model, report.Model.Cost);
        html.Add($"<dl class=\"figures\">");
        Figure("Head", report.Head is { } head ? $"{head.Kind}" : "?", "guessed from the structure");
        Figure("Trainable", SummaryText.Number(model.TrainableParameters), $"{model.Weights.Count} tensors");
        Figure("Anchors", report.Model.Heads?.Boxes.Shape is { } rows ? $"{rows[1]}" : "?",
            report.TailAnchors is null ? "none in the file" : "found in the file");
        Figure("Multiply-adds", cost is null ? "?" : SummaryText.Number(cost.MultiplyAdds), "forward, one image");
        html.Add($"</dl>");

        void Figure(string label, string value, string note) =>
            html.Add($"<div><dt>{label}</dt><dd>{value}</dd><dd class=\"note\">{note}</dd></div>");
    }

    private static void Recipe(HtmlText html, FineTuningRecipe recipe)
    {
        html.Add($"<section><h2>Tune it</h2><div class=\"scroll\"><pre>mlnet-detect train {recipe.Command}</pre></div>");
        html.Add($"<div class=\"scroll\"><pre>{recipe.Code}</pre></div></section>\n");
    }

    private static void Table(HtmlText html, string heading, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        html.Add($"<section><h2>{heading}</h2><div class=\"scroll\"><table><tbody>\n");
        foreach (var row in all)
        {
            html.Add($"<tr>");
            foreach (var cell in row)
                html.Add($"<td>{cell}</td>");
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody></table></div></section>\n");
    }
}
