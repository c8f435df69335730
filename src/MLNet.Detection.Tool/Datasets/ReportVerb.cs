using System.CommandLine;
using MLNet.Detection.Data.Inspection;
using MLNet.Detection.Reports;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Datasets;

/// <summary>
/// Looks at a data set before anything is trained on it: classes, sizes, suspicious labels, how well anchors cover it.
/// </summary>
internal sealed class ReportVerb : Verb
{
    private readonly DatasetSources _sources = new();
    private readonly Option<bool> _quick = new("--quick") { Description = "Do not read the picture files." };
    private readonly Option<bool> _decode = new("--decode")
    {
        Description = "Decode every picture: finds those that are damaged behind their head.",
    };
    private readonly Option<string?> _anchors = new("--anchors") { Description = AnchorChoice.Description };
    private readonly Option<int> _input = new("--input")
    {
        Description = "Side of the network's square input, for --anchors; pictures are letterboxed.",
        DefaultValueFactory = _ => 640,
    };
    private readonly ReportFiles _files = new("Writes all numbers as JSON.",
        "Writes a page with charts and pictures.");

    public ReportVerb() : base("report",
        "Reports on a data set of labelled boxes: classes, sizes, suspicious labels, how well anchors cover it.")
    {
        _sources.AddTo(this);
        foreach (var option in new Option[] { _quick, _decode, _anchors, _input })
            Options.Add(option);
        foreach (var option in _files.All)
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        _files.Prepare(given);
        var splits = _sources.Load(given);
        var choice = given.GetValue(_anchors) is { } name
            ? AnchorChoice.Of(name, given.GetValue(_input), splits[0]) : null;
        var inspection = DatasetInspection.Of(splits, new()
        {
            ReadPictures = !given.GetValue(_quick), DecodePictures = given.GetValue(_decode),
            Anchors = choice?.Anchors, Resize = choice?.Resize,
        });
        DatasetDisplay.Show(inspection);
        if (choice is { Sizes.Length: > 0 })
            Console.Out.WriteLine($"Fitted widths x heights: {choice.Sizes}");
        _files.Write(given, (path, overwrite) => DatasetReport.WriteJson(inspection, path, overwrite),
            (path, overwrite) => DatasetReport.WriteHtml(inspection, splits, path, overwrite));
    }
}
