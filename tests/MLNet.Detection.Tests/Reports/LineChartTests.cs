using System.Xml.Linq;
using MLNet.Detection.Reports;

namespace MLNet.Detection.Tests.Reports;

/// <summary>A chart as a file of its own.</summary>
[TestClass]
public sealed class LineChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [TestMethod]
    public void AChartIsAPictureWithItsTitleLinesAndLegend()
    {
        var chart = new LineChart("Time & <size>", new("pixels", 0, 4), ChartAxis.FromZero("ms", 10),
        [
            new("ours", [new(1, 2), new(double.NaN, 3), new(4, 10)], 0), new("theirs", [new(1, 5)], 8),
            new("single steps", [new(1, 1), new(2, 2)], 2, Faint: true),
        ]);
        var root = XDocument.Parse(chart.ToSvg()).Root!;
        Assert.AreEqual(Svg + "svg", root.Name);
        Assert.AreEqual("Time & <size>", root.Attribute("aria-label")!.Value);
        string[] texts = [.. root.Descendants(Svg + "text").Select(text => text.Value)];
        CollectionAssert.IsSubsetOf(new[] { "Time & <size>", "pixels", "ms", "ours", "theirs" }, texts);
        CollectionAssert.DoesNotContain(texts, "single steps");
        Assert.Contains("prefers-color-scheme: dark", root.Element(Svg + "style")!.Value);
        // Each line in the plot, the pale one included, and a dash for each name of the legend.
        Assert.HasCount(5, root.Descendants(Svg + "path"));
        Assert.HasCount(3, root.Descendants(Svg + "circle"));
        Assert.HasCount(2, root.Descendants(Svg + "g").Where(g => g.Attribute("class")!.Value == "c1 again"));
    }

    [TestMethod]
    public void PointsLieWhereTheAxesSay()
    {
        var chart = new LineChart("Corners", new("x", 0, 4), new("y", 0, 10), [new("a", [new(0, 0), new(4, 10)], 0)]);
        var root = XDocument.Parse(chart.ToSvg()).Root!;
        var plot = root.Descendants(Svg + "svg").Single(svg => svg.Attribute("x") is not null);
        var circles = plot.Descendants(Svg + "circle").Select(c => (c.Attribute("cx")!.Value, c.Attribute("cy")!.Value));
        var (width, height) = (plot.Attribute("width")!.Value, plot.Attribute("height")!.Value);
        CollectionAssert.AreEqual(new[] { ("0", height), (width, "0") }, circles.ToArray());
    }
}
