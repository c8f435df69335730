using System.CommandLine;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Artifacts;

namespace MLNet.Detection.Tool.Artifacts;

/// <summary>Puts the weights of a trained checkpoint back into the detector.</summary>
internal sealed class FinishVerb : Verb
{
    private readonly Option<string> _artifacts = new("--artifacts")
    {
        Description = "Folder that 'write' made.", Required = true,
    };
    private readonly Option<string> _output = new("--output") { Description = "New ONNX file.", Required = true };

    public FinishVerb() : base("finish", "Puts the checkpoint's weights back into the detector.")
    {
        Options.Add(_artifacts);
        Options.Add(_output);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var (folder, path) = (given.GetValue(_artifacts)!, given.GetValue(_output)!);
        if (Path.Exists(path))
            throw new IOException($"{path}: exists already; give another --output.");
        var detector = DetectorModel.Load(Path.Combine(folder, "detector.onnx"));
        var checkpoint = OrtCheckpoint.Load(Path.Combine(folder, "checkpoint"));
        (detector with { Model = checkpoint.ApplyTo(detector.Model) }).Save(path);
        Console.Out.WriteLine(
            $"{path}: {checkpoint.Trained.Count} tensors after {checkpoint.Optimizer?.Step ?? 0} updates");
    }
}
