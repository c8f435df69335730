using System.CommandLine;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;

namespace MLNet.Detection.Tool.Inspection;

/// <summary>Looks an exported detector over before it is tuned, and says how to tune it.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _model = new("model") { Description = "ONNX file of a detector." };
    private readonly Option<string?> _size = new("--image-size")
    {
        Description = "WIDTHxHEIGHT of pictures, where the file leaves it open.",
    };
    private readonly ReportFiles _files = new("Writes the report as JSON.",
        "Writes the report as HTML, with a picture of the model.");

    public InspectVerb() : base("inspect",
        "Looks an exported detector over before it is tuned, and says how to tune it: command line and C# program.")
    {
        Arguments.Add(_model);
        Options.Add(_size);
        foreach (var option in _files.All)
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        (int, int)? pixels = given.GetValue(_size) is { } text ? ImageInput.ParseSize(text) : null;
        var report = DetectorInspection.Of(given.GetValue(_model)!, pixels);
        // Lines to be copied: not broken at the console's width.
        Console.Out.WriteLine(report);
        _files.Write(given, (path, overwrite) => Write(path, InspectionJson.Write(report), overwrite),
            (path, overwrite) => Write(path, InspectionReport.Render(report), overwrite));
    }

    private static void Write(string path, string text, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
            throw new IOException($"{path} exists; choose another name, or give --overwrite.");
        File.WriteAllText(path, text);
    }
}
