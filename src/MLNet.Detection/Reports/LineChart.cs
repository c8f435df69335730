using System.Globalization;
using System.Text;

namespace MLNet.Detection.Reports;

/// <summary>Draws lines over two axes as SVG, with a legend.</summary>
/// <param name="Title">The heading.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Lines">Drawn in this order.</param>
internal sealed record LineChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartLine> Lines)
{
    private const int Left = 52, Right = 12, Top = 10, Bottom = 40;
    private const int MostMarks = 40;

    /// <summary>Takes a whole row of the page instead of half of one.</summary>
    public bool Wide { get; init; }

    /// <summary>Pixels at the page's full width.</summary>
    public int Height { get; init; } = 300;

    private int Width => Wide ? 1130 : 560;

    private int PlotWidth => Width - Left - Right;

    private int PlotHeight => Height - Top - Bottom;

    public HtmlText Draw()
    {
        var html = new HtmlText();
        html.Add($"<figure class=\"chart{(Wide ? " wide" : "")}\"><figcaption>{Title}</figcaption>");
        html.Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Title}\">");
        DrawAxes(html);
        // A nested svg clips what leaves the plot: single steps may lie far above the epochs' means.
        html.Add($"<svg x=\"{Left}\" y=\"{Top}\" width=\"{PlotWidth}\" height=\"{PlotHeight}\">");
        foreach (var line in Lines)
            DrawLine(html, line);
        html.Add($"</svg></svg><div class=\"legend\">");
        foreach (var line in Lines.Where(line => !line.Faint))
            html.Add($"<span class=\"{Palette.Class(line.Color)}\"><i></i>{line.Name}</span>");
        return html.Add($"</div></figure>\n");
    }

    private void DrawAxes(HtmlText html)
    {
        foreach (var tick in Y.Ticks())
        {
            var y = Top + PlotHeight * (1 - Y.At(tick));
            html.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            html.Add($"<text class=\"tick\" x=\"{Left - 7}\" y=\"{y + 4:0.#}\" ");
            html.Add($"text-anchor=\"end\">{Y.Text(tick)}</text>");
        }
        foreach (var tick in X.Ticks())
        {
            var x = Left + PlotWidth * X.At(tick);
            html.Add($"<text class=\"tick\" x=\"{x:0.#}\" y=\"{Height - Bottom + 17}\" ");
            html.Add($"text-anchor=\"middle\">{X.Text(tick)}</text>");
        }
        var floor = Height - Bottom;
        html.Add($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{floor}\" y2=\"{floor}\"/>");
        html.Add($"<text class=\"label\" x=\"{Left + PlotWidth / 2}\" y=\"{Height - 6}\" ");
        html.Add($"text-anchor=\"middle\">{X.Label}</text>");
        html.Add($"<text class=\"label\" transform=\"translate(13 {Top + PlotHeight / 2}) rotate(-90)\" ");
        html.Add($"text-anchor=\"middle\">{Y.Label}</text>");
    }

    private void DrawLine(HtmlText html, ChartLine line)
    {
        var points = line.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToArray();
        if (points.Length == 0)
            return;
        html.Add($"<g class=\"{Palette.Class(line.Color)}\"><path class=\"{(line.Faint ? "faint" : "line")}\" ");
        html.Add($"d=\"{Path(points)}\"/>");
        if (!line.Faint && points.Length <= MostMarks)
            foreach (var point in points)
            {
                html.Add($"<circle cx=\"{Across(point):0.#}\" cy=\"{Up(point):0.#}\" r=\"3\">");
                html.Add($"<title>{line.Name} {point.Y:0.####} at {point.X:0.##}</title></circle>");
            }
        html.Add($"</g>");
    }

    private string Path(CurvePoint[] points)
    {
        var path = new StringBuilder("M");
        foreach (var point in points)
            path.Append(CultureInfo.InvariantCulture, $" {Across(point):0.#} {Up(point):0.#}");
        return path.ToString();
    }

    private double Across(CurvePoint point) => PlotWidth * X.At(point.X);

    private double Up(CurvePoint point) => PlotHeight * (1 - Y.At(point.Y));
}
