// Evaluates detections in COCO's results format against COCO or LVIS annotations: COCO's twelve numbers (or LVIS's
// thirteen), each category, what is mistaken for what, and which errors cost how much.
//   dotnet run --project samples/Evaluate -- instances_val.json results.json --html report.html --images val
using System.CommandLine;
using MLNet.Detection.Data;
using Samples.Evaluate;
using Spectre.Console;

Argument<FileInfo> annotations = new("annotations") { Description = "COCO or LVIS annotation file (JSON)." };
Argument<FileInfo> results = new("results") { Description = "Detections: a JSON list of image_id, category_id, bbox, score." };
Option<string?> json = new("--json") { Description = "Writes all numbers as JSON." };
Option<string?> html = new("--html") { Description = "Writes a report with curves, errors and pictures." };
Option<string?> images = new("--images") { Description = "Folder of the pictures; the report shows the worst ones." };
Option<bool> overwrite = new("--overwrite") { Description = "Whether files that exist are replaced." };
RootCommand command = new("Evaluates detections as pycocotools, lvis and TIDE do.")
{
    annotations, results, json, html, images, overwrite,
};
command.SetAction(given =>
{
    try
    {
        var run = Evaluation.Load(given.GetValue(annotations)!.FullName, given.GetValue(results)!.FullName);
        run.Show();
        if (given.GetValue(json) is { } path)
            run.WriteJson(path, given.GetValue(overwrite));
        if (given.GetValue(html) is { } page)
            run.WriteReport(page, given.GetValue(images), given.GetValue(overwrite));
        return 0;
    }
    catch (Exception error) when (error is DatasetException or IOException or UnauthorizedAccessException
        or ArgumentException)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        errors.MarkupLineInterpolated($"[red]error:[/] {error.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();
