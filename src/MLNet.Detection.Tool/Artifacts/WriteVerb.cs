using System.CommandLine;
using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tool.Terminal;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tool.Artifacts;

/// <summary>Writes the four files of the training runtime, and the detector beside them.</summary>
internal sealed class WriteVerb : Verb
{
    private readonly Option<string?> _model = new("--model")
    {
        Description = "A saved detector. Without it: the small built-in one.",
    };
    private readonly Option<string[]> _freeze = new("--freeze")
    {
        Description = "Glob of weights that stay; may be repeated.",
    };
    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Images of a step.", DefaultValueFactory = _ => 2,
    };
    private readonly Option<bool> _kernels = new("--kernels")
    {
        Description = "Gradients by the training runtime's own operators.",
    };
    private readonly Option<string> _output = new("--output") { Description = "New folder.", Required = true };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files that exist." };

    public WriteVerb() : base("write", "Writes the four files of the training runtime, and the detector beside them.")
    {
        foreach (var option in new Option[] { _model, _freeze, _batch, _kernels, _output, _overwrite })
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var folder = given.GetValue(_output)!;
        var detector = given.GetValue(_model) is { } path ? DetectorModel.Load(path)
            : new SmallDetector { Classes = ["circle", "square"] }.Build();
        var written = new MLContext().Detection().FineTune(new()
        {
            Detector = detector, Optimizer = new AdamW { WeightDecay = 1e-4f }, BatchSize = given.GetValue(_batch),
            Frozen = given.GetValue(_freeze) ?? [],
        }).WriteArtifacts(folder, new()
        {
            Overwrite = given.GetValue(_overwrite),
            Kernels = given.GetValue(_kernels) ? GradientKernels.TrainingRuntime : GradientKernels.Standard,
        });
        detector.Save(Path.Combine(folder, "detector.onnx"));
        foreach (var input in written.Data)
            Console.Out.WriteLine($"input   {input}");
        foreach (var name in written.Outputs)
            Console.Out.WriteLine($"output  {name}");
        Console.Out.WriteLine($"weights {written.Layout.Size} in {written.Layout.Entries.Count} tensors");
        foreach (var file in new DirectoryInfo(folder).GetFiles().OrderBy(file => file.Name))
            Console.Out.WriteLine($"{file.Length,10} bytes  {file.FullName}");
    }
}
