using MLNet.Detection.Data;

namespace MLNet.Detection.Reports;

/// <summary>
/// Writes a run up as one HTML file that needs nothing else: no script, no link, pictures and charts inside. It reads
/// in light and dark, and in print.
/// </summary>
public static class TrainingReport
{
    /// <summary>The HTML text; the same data gives the same text.</summary>
    /// <param name="data">What to show.</param>
    public static string Render(ReportData data)
    {
        var settings = new HtmlText();
        AddSettings(settings, data.Settings);
        AddProblems(settings, data.Problems);
        return ReportPage.Draw(data.Title, data.Summary, data.Figures,
            TrainingCharts.Draw(data), MetricTables.Draw(data), MaskTables.Draw(data.Masks), ErrorTables.Draw(data),
            PictureGallery.Draw("Held-out pictures", data.Pictures, data.Classes),
            PictureGallery.Draw("Pictures with the most mistakes", data.WorstPictures, data.Classes), settings);
    }

    /// <summary>Writes the HTML file.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void Write(ReportData data, string path, bool overwrite = false)
    {
        if (!overwrite && File.Exists(path))
            throw new IOException($"{path}: there is a file of that name; give another one, or allow overwriting.");
        WholeFile.Write(path, "the report", temporary => File.WriteAllText(temporary, Render(data)));
    }

    private static void AddSettings(HtmlText html, IReadOnlyList<ReportSetting> settings)
    {
        if (settings.Count == 0)
            return;
        html.Add($"<section><h2>Settings</h2><table class=\"settings\"><tbody>\n");
        foreach (var setting in settings)
            html.Add($"<tr><th>{setting.Name}</th><td>{setting.Value}</td></tr>\n");
        html.Add($"</tbody></table></section>\n");
    }

    private static void AddProblems(HtmlText html, IReadOnlyList<string> problems)
    {
        if (problems.Count == 0)
            return;
        html.Add($"<section><h2>Problems ({problems.Count})</h2><ul class=\"problems\">\n");
        foreach (var problem in problems)
            html.Add($"<li>{problem}</li>\n");
        html.Add($"</ul></section>\n");
    }
}
