// Looks an exported detector over before it is tuned, and says how to tune it.
//   dotnet run --project samples/Inspect -- version-RFB-320.onnx
using System.CommandLine;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using OnnxGraphs.Models;

Argument<string> model = new("model") { Description = "ONNX file of a detector." };
Option<string?> size = new("--image-size") { Description = "WIDTHxHEIGHT of pictures, where the file leaves it open." };
Option<string?> json = new("--json") { Description = "New file for the report as JSON." };
Option<string?> html = new("--html") { Description = "New file for the report as HTML, with a picture of the model." };
Option<bool> overwrite = new("--overwrite") { Description = "Let reports replace files of the same names." };
RootCommand command = new("Looks an exported detector over before it is tuned, and says how to tune it.")
{
    model, size, json, html, overwrite,
};
command.SetAction(Run);
return command.Parse(args).Invoke();

int Run(ParseResult given)
{
    try
    {
        (int, int)? pixels = given.GetValue(size) is { } text ? ImageInput.ParseSize(text) : null;
        var report = DetectorInspection.Of(given.GetValue(model)!, pixels);
        Console.WriteLine(report);
        Write(given.GetValue(json), InspectionJson.Write(report), given.GetValue(overwrite));
        Write(given.GetValue(html), InspectionReport.Render(report), given.GetValue(overwrite));
        return 0;
    }
    catch (Exception error) when (error is ModelException or IOException or UnauthorizedAccessException
        or ArgumentException)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
}

static void Write(string? path, string text, bool overwrite)
{
    if (path is null)
        return;
    if (!overwrite && File.Exists(path))
        throw new IOException($"{path} exists; choose another name, or give --overwrite.");
    File.WriteAllText(path, text);
    Console.WriteLine($"Wrote {path}");
}
