// Looks at a data set before anything is trained on it: classes, sizes, suspicious labels, how well anchors cover it.
//   dotnet run --project samples/DataReport -- data.yaml --html data.html
//   dotnet run --project samples/DataReport -- train=train.json val=val.json --images JPEGImages --anchors retinanet
using System.CommandLine;
using MLNet.Detection.Data;
using MLNet.Detection.Data.Inspection;
using MLNet.Detection.Reports;
using OnnxGraphs.Models;
using Samples.DataReport;
using Spectre.Console;

Argument<string[]> sources = new("source")
{
    Description = "The data set: a file or folder. Parts that lie in files of their own: train=a.json val=b.json",
    Arity = ArgumentArity.OneOrMore,
};
Option<string?> format = new("--format")
{
    Description = $"{string.Join(", ", DatasetFormat.All.Select(f => f.Name))}. Without it: found out from the files.",
};
Option<string?> images = new("--images") { Description = "Folder of the pictures, where the format does not say it." };
Option<bool> skip = new("--skip-missing") { Description = "Leave out images whose file does not exist." };
Option<bool> quick = new("--quick") { Description = "Do not read the picture files." };
Option<bool> decode = new("--decode")
{
    Description = "Decode every picture: finds those that are damaged behind their head.",
};
Option<string?> anchors = new("--anchors") { Description = AnchorChoice.Description };
Option<int> input = new("--input")
{
    Description = "Side of the network's square input, for --anchors; pictures are letterboxed.",
    DefaultValueFactory = _ => 640,
};
Option<string?> html = new("--html") { Description = "Writes a page with charts and pictures." };
Option<string?> json = new("--json") { Description = "Writes all numbers as JSON." };
Option<bool> overwrite = new("--overwrite") { Description = "Replace files that exist." };
RootCommand command = new("Reports on a data set of labelled boxes.")
{
    sources, format, images, skip, quick, decode, anchors, input, html, json, overwrite,
};
command.SetAction(given =>
{
    try
    {
        Report(given);
        return 0;
    }
    catch (Exception error) when (error is DatasetException or ModelException or IOException
        or UnauthorizedAccessException or ArgumentException)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        errors.MarkupLineInterpolated($"[red]error:[/] {error.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();

void Report(ParseResult given)
{
    var splits = DatasetInspection.SameClasses(
        [.. given.GetValue(sources)!.SelectMany(source => Load(given, source))]);
    var choice = given.GetValue(anchors) is { } name ? AnchorChoice.Of(name, given.GetValue(input), splits[0]) : null;
    var inspection = DatasetInspection.Of(splits, new()
    {
        ReadPictures = !given.GetValue(quick), DecodePictures = given.GetValue(decode), Anchors = choice?.Anchors, Resize = choice?.Resize,
    });
    Tables.Show(inspection);
    if (choice is { Sizes.Length: > 0 })
        AnsiConsole.WriteLine($"Fitted widths x heights: {choice.Sizes}");
    if (given.GetValue(html) is { } page)
        DatasetReport.WriteHtml(inspection, splits, page, given.GetValue(overwrite));
    if (given.GetValue(json) is { } path)
        DatasetReport.WriteJson(inspection, path, given.GetValue(overwrite));
}

IEnumerable<DatasetSplit> Load(ParseResult given, string source)
{
    var (name, path) = !Path.Exists(source) && source.Split('=', 2) is [var part, var file]
        ? (part, file) : ("", source);
    var kind = given.GetValue(format) is { } named ? DatasetFormat.Named(named) : DatasetFormat.Detect(path);
    var options = new DatasetOptions
    {
        ImageFolder = given.GetValue(images),
        MissingImages = given.GetValue(skip) ? MissingImages.Skip : MissingImages.Error,
    };
    return name.Length > 0 ? [new(name, kind.Load(path, options))] : kind.LoadSplits(path, options);
}
