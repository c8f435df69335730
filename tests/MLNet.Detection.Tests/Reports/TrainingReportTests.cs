using System.Xml.Linq;
using MLNet.Detection.Boxes;
using MLNet.Detection.Reports;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Reports;

[TestClass]
public sealed class TrainingReportTests
{
    private const string Nasty = "<script>alert(\"x\")</script> & 'y'";
    private const string Escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;";

    private static readonly ReportData Data = new()
    {
        Title = "Cells",
        Summary = "Two epochs",
        Figures = [new("mAP50", "0.887", "72 pictures")],
        StepsPerEpoch = 2,
        Losses =
        [
            new("classification", [new(0, 4), new(1, 2), new(2, 1), new(3, double.NaN)]),
            new("box", [new(0, 1), new(1, 1), new(2, 0.5), new(3, 0.5)]),
        ],
        LearningRate = [new(0, 0.001), new(3, 0)],
        Validation = [new("AP50", [new(1, 0.5), new(2, 0.75)])],
        Metrics = [new("AP", 0.5123, "mean"), new("APs", -1, "small"), new("ARl", double.NaN, "large")],
        Classes =
        [
            new("RBC", 817, 0.4, 0.8317, 0.81, [new(0, 1), new(0.5, 0.5), new(1, 0)]),
            new("WBC", 72, 0.7, 0.9681, 0.95, [new(0, 1), new(1, 0.9)]),
        ],
        Pictures =
        [
            new("a.jpg", [0xFF, 0xD8, 1, 2], 100, 50,
                [new(new Box(10, 10, 30, 30), 1, 0.876f), new(new Box(90, 5, 99, 20), 0, 0.5f)],
                [new(new Box(11, 10, 30, 30), 1), new(new Box(60, 20, 80, 40), 0)]),
            new("b.png", [0x89, 0x50], 10, 10, [], []),
        ],
        Settings = [new("Optimizer", "AdamW")],
        Problems = ["c.jpg was skipped"],
    };

    [TestMethod]
    public void The_numbers_are_there()
    {
        var html = TrainingReport.Render(Data);
        foreach (var text in new[]
        {
            "<title>Cells</title>", ">0.887<", ">72 pictures<", "<th>AP</th><td class=\"number\">0.512</td>",
            "<th>APs</th><td class=\"number\">–</td>", "<th>ARl</th><td class=\"number\">–</td>",
            ">817<", ">0.832<", ">0.968<", "width:83.2%",
            "<th>Optimizer</th><td>AdamW</td>", "Problems (1)", "<li>c.jpg was skipped</li>",
            "<span>2 found, 2 true</span>",
        })
            Assert.Contains(text, html);
    }

    [TestMethod]
    public void Epoch_means_leave_out_what_is_not_finite()
    {
        var html = TrainingReport.Render(Data);
        Assert.Contains("<title>classification 3 at 0.5</title>", html);
        Assert.Contains("<title>classification 1 at 1.5</title>", html);
        Assert.Contains("<title>box 0.5 at 1.5</title>", html);
        Assert.Contains("<title>AP50 0.75 at 2</title>", html);
        Assert.DoesNotContain("NaN", html);
    }

    [TestMethod]
    public void Pictures_carry_their_bytes_and_boxes()
    {
        var html = TrainingReport.Render(Data);
        Assert.Contains("href=\"data:image/jpeg;base64,/9gBAg==\"", html);
        Assert.Contains("href=\"data:image/png;base64,iVA=\"", html);
        Assert.Contains(
            "<rect class=\"box\" x=\"10\" y=\"10\" width=\"20\" height=\"20\"><title>found: WBC 0.88</title>", html);
        Assert.Contains(
            "<rect class=\"dash\" x=\"11\" y=\"10\" width=\"19\" height=\"20\"><title>true: WBC</title>", html);
        Assert.Contains(">missed: RBC<", html);
        Assert.DoesNotContain(">missed: WBC<", html);
    }

    [TestMethod]
    public void Everything_is_escaped()
    {
        var html = TrainingReport.Render(Data with
        {
            Title = Nasty, Summary = Nasty, Figures = [new(Nasty, Nasty, Nasty)], Losses = [new(Nasty, [new(0, 1)])],
            Validation = [new(Nasty, [new(1, 1)])], Metrics = [new(Nasty, 1, Nasty)],
            Classes = [new(Nasty, 1, 1, 1, 1, [new(0, 1)])],
            Pictures = [Data.Pictures[0] with { Name = Nasty }], Settings = [new(Nasty, Nasty)], Problems = [Nasty],
        });
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("alert(\"x\")", html);
        Assert.IsGreaterThanOrEqualTo(18, html.Split(Escaped).Length - 1);
    }

    [TestMethod]
    public void It_needs_nothing_from_outside_and_is_well_formed()
    {
        var html = TrainingReport.Render(Data);
        foreach (var link in new[] { "http", "src=", "<link", "<script", "@import", "url(" })
            Assert.DoesNotContain(link, html);
        // Void elements and attributes without values aside, the page is XML.
        var start = html.IndexOf("<body>", StringComparison.Ordinal);
        var end = html.IndexOf("</html>", StringComparison.Ordinal);
        var body = html[start..end].Replace(" checked>", " checked=\"\"/>");
        Assert.AreEqual("body", XDocument.Parse(body).Root!.Name.LocalName);
    }

    [TestMethod]
    public void Empty_parts_are_left_out()
    {
        var html = TrainingReport.Render(new ReportData { Title = "Nothing" });
        foreach (var part in new[] { "<section", "<svg", "<table", "<dl" })
            Assert.DoesNotContain(part, html);
    }

    [TestMethod]
    public void A_long_run_does_not_make_a_long_page()
    {
        var steps = Enumerable.Range(0, 100_000).Select(step => new CurvePoint(step, 1 + 1.0 / (step + 1))).ToArray();
        var html = TrainingReport.Render(
            new ReportData { Title = "Long", StepsPerEpoch = 1000, Losses = [new("total", steps)] });
        Assert.IsLessThan(40_000, html.Length);
    }

    [TestMethod]
    public void The_culture_does_not_matter()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            var expected = TrainingReport.Render(Data);
            var culture = (System.Globalization.CultureInfo)before.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            System.Globalization.CultureInfo.CurrentCulture = culture;
            Assert.AreEqual(expected, TrainingReport.Render(Data));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void A_file_is_not_overwritten_unless_allowed()
    {
        using var folder = new TemporaryFolder();
        TrainingReport.Write(Data, folder.File("report.html"));
        Assert.AreEqual(TrainingReport.Render(Data), File.ReadAllText(folder.File("report.html")));
        Assert.ThrowsExactly<IOException>(() => TrainingReport.Write(Data, folder.File("report.html")));
        TrainingReport.Write(Data with { Title = "Other" }, folder.File("report.html"), overwrite: true);
        Assert.Contains("<h1>Other</h1>", File.ReadAllText(folder.File("report.html")));
    }
}
