using System.CommandLine;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Inspection;

/// <summary>Looks an exported detector over before it is tuned, and says how to tune it.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _model = new("model") { Description = "ONNX file of a detector." };
    private readonly Option<string?> _size = new("--image-size")
    {
        Description = "WIDTHxHEIGHT of pictures, where the file leaves it open.",
    };
    private readonly Option<string?> _head = new("--head-file")
    {
        Description = "Writes the description of the head as JSON, to be corrected and given to train.",
    };
    private readonly ReportFiles _files = new("Writes the report as JSON.",
        "Writes the report as HTML, with a picture of the model.");

    public InspectVerb() : base("inspect",
        "Looks an exported detector over before it is tuned, and says how to tune it: command line and C# program.")
    {
        Arguments.Add(_model);
        Options.Add(_size);
        Options.Add(_head);
        foreach (var option in _files.All)
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        _files.Prepare(given);
        (int, int)? pixels = given.GetValue(_size) is { } text ? ImageInput.ParseSize(text) : null;
        var report = DetectorInspection.Of(given.GetValue(_model)!, pixels);
        // Lines to be copied: not broken at the console's width.
        Console.Out.WriteLine(report);
        if (given.GetValue(_head) is { } head)
            Describe(report, head);
        _files.Write(given, (path, _) => File.WriteAllText(path, InspectionJson.Write(report)),
            (path, _) => File.WriteAllText(path, InspectionReport.Render(report)));
    }

    private static void Describe(DetectorInspection report, string path)
    {
        if (report.Dense is not { } dense)
            throw new ArgumentException($"{report.Model.Path}: no dense head was found to be described; its head is "
                + $"{report.Head?.Kind.ToString() ?? "not clear"}. See docs/models.md for what to do.");
        HeadFile.Of(dense).Save(path);
    }
}
