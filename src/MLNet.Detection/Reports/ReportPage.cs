namespace MLNet.Detection.Reports;

/// <summary>
/// A page that needs nothing else: no script, no link, pictures and charts inside. It reads in light and dark, and in
/// print.
/// </summary>
internal static class ReportPage
{
    public static string Draw(
        string title, string summary, IReadOnlyList<ReportFigure> figures, params ReadOnlySpan<HtmlText> sections)
    {
        var html = new HtmlText();
        html.Add($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<title>{title}</title>\n");
        html.AddMarkup("<style>\n" + ReportStyle.Sheet + "</style></head><body>\n");
        html.Add($"<header><h1>{title}</h1><p>{summary}</p>");
        AddFigures(html, figures);
        html.Add($"</header>\n<main>\n");
        foreach (var section in sections)
            html.Add($"{section}");
        return html.Add($"</main></body></html>\n").ToString();
    }

    private static void AddFigures(HtmlText html, IReadOnlyList<ReportFigure> figures)
    {
        if (figures.Count == 0)
            return;
        html.Add($"<dl class=\"figures\">");
        foreach (var figure in figures)
            html.Add($"<div><dt>{figure.Label}</dt><dd>{figure.Value}</dd><dd class=\"note\">{figure.Note}</dd></div>");
        html.Add($"</dl>");
    }
}
