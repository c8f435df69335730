using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;

namespace MLNet.Detection.Tool.Tests;

/// <summary>A folder with a small data set and an untrained detector of its classes.</summary>
internal sealed class ToolFolder : IDisposable
{
    public ToolFolder()
    {
        Shapes = ShapesGenerator.Write(At("shapes"), new() { Train = 6, Val = 0, Test = 4 });
        string[] classes = [.. ShapesGenerator.Categories.Select(category => category.Name)];
        Detector = new SmallDetector { Classes = classes }.Build() with { Decoder = Sensitive };
        Detector.Save(Model);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("mlnet-detect").FullName;

    public ShapesFolder Shapes { get; }

    public DetectorModel Detector { get; }

    public string Model => At("model.onnx");

    public string At(string name) => Path.Combine(Root, name);

    /// <summary>Runs the tool; returns its exit code.</summary>
    public static int Run(params string[] line) => CommandLine.Root().Parse(line).Invoke();

    /// <summary>Runs the tool; returns its exit code and what it wrote to the error stream, which is the process's own.</summary>
    public static (int Code, string Errors) RunWithErrors(params string[] line)
    {
        var before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            return (Run(line), errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    /// <summary>A file of the repository.</summary>
    public static string Repository(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Detection.MLNet.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, file);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    // Without training scores are low: all are kept, so that there is something to write.
    private static Scoring.DetectionDecoder Sensitive => new SmallDetector { Classes = ["a"] }.Build().Decoder with
    {
        ScoreThreshold = 0f, MaxDetections = 5,
    };
}
