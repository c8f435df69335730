using System.Globalization;
using System.Text;

namespace MLNet.Detection.Reports;

/// <summary>Lines over two axes, with a legend, drawn as SVG that reads in light and dark.</summary>
/// <param name="Title">The heading.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Lines">Drawn in this order.</param>
public sealed record LineChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartLine> Lines)
{
    private const int Left = 52, Right = 12, Top = 10, Bottom = 40;
    private const int MostMarks = 40;

    // Around the plot in a file of its own: the title above, the legend below, a few pixels a letter.
    private const int TitleHeight = 34, LegendHeight = 30, Letter = 7, Dash = 20;

    /// <summary>Takes a whole row of the page instead of half of one.</summary>
    public bool Wide { get; init; }

    /// <summary>Pixels at the page's full width.</summary>
    public int Height { get; init; } = 300;

    private int Width => Wide ? 1130 : 560;

    private int PlotWidth => Width - Left - Right;

    private int PlotHeight => Height - Top - Bottom;

    /// <summary>The chart as a file of its own, title and legend included.</summary>
    public string ToSvg()
    {
        var svg = new HtmlText();
        var height = TitleHeight + Height + LegendHeight;
        svg.Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" ");
        svg.Add($"height=\"{height}\" role=\"img\" aria-label=\"{Title}\">\n");
        svg.AddMarkup("<style>\n" + ReportStyle.Chart + "\n</style>\n");
        svg.Add($"<rect class=\"card\" x=\".5\" y=\".5\" width=\"{Width - 1}\" height=\"{height - 1}\" rx=\"10\"/>\n");
        svg.Add($"<text class=\"title\" x=\"16\" y=\"23\">{Title}</text>\n");
        svg.Add($"<svg y=\"{TitleHeight}\" width=\"{Width}\" height=\"{Height}\">");
        DrawPlot(svg);
        svg.Add($"</svg>\n");
        DrawLegend(svg, TitleHeight + Height + 10);
        return svg.Add($"</svg>\n").ToString();
    }

    internal HtmlText Draw()
    {
        var html = new HtmlText();
        html.Add($"<figure class=\"chart{(Wide ? " wide" : "")}\"><figcaption>{Title}</figcaption>");
        html.Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Title}\">");
        DrawPlot(html);
        html.Add($"</svg><div class=\"legend\">");
        foreach (var line in Lines.Where(line => !line.Faint))
            html.Add($"<span class=\"{Palette.Class(line.Color)}\"><i></i>{line.Name}</span>");
        return html.Add($"</div></figure>\n");
    }

    private void DrawLegend(HtmlText svg, int y)
    {
        var x = Left;
        foreach (var line in Lines.Where(line => !line.Faint))
        {
            svg.Add($"<g class=\"{Palette.Class(line.Color)}\"><path class=\"line\" d=\"M {x} {y} h {Dash - 4}\"/>");
            svg.Add($"<text class=\"label\" x=\"{x + Dash}\" y=\"{y + 4}\">{line.Name}</text></g>\n");
            x += Dash + Letter * (line.Name.Length + 2);
        }
    }

    private void DrawPlot(HtmlText html)
    {
        DrawAxes(html);
        // A nested svg clips what leaves the plot: single steps may lie far above the epochs' means.
        html.Add($"<svg x=\"{Left}\" y=\"{Top}\" width=\"{PlotWidth}\" height=\"{PlotHeight}\">");
        foreach (var line in Lines)
            DrawLine(html, line);
        html.Add($"</svg>");
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
