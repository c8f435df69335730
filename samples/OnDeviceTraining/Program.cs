// Training on devices with the official runtime (Microsoft.ML.OnnxRuntime.Training), without any Python:
//   dotnet run --project samples/OnDeviceTraining -- write --output artifacts
//   dotnet run --project samples/OnDeviceTraining -- train --artifacts artifacts       (DeviceTraining.cs)
//   dotnet run --project samples/OnDeviceTraining -- finish --artifacts artifacts --output tuned.onnx
using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using Samples.OnDeviceTraining;

Option<string?> model = new("--model") { Description = "A saved detector. Without it: the small built-in one." };
Option<string[]> freeze = new("--freeze") { Description = "Glob of weights that stay; may be repeated." };
Option<int> batch = new("--batch") { Description = "Images of a step.", DefaultValueFactory = _ => 2 };
Option<bool> kernels = new("--kernels") { Description = "Gradients by the training runtime's own operators." };
Option<string> artifacts = new("--artifacts") { Description = "Folder that 'write' made.", Required = true };
Option<string> output = new("--output") { Description = "Where to write.", Required = true };

Command write = new("write", "Writes the four files of the training runtime, and the detector beside them.")
{
    model, freeze, batch, kernels, output,
};
Command train = new("train", "Takes three updates on made-up data, where the native library can train.") { artifacts };
Command finish = new("finish", "Puts the checkpoint's weights back into the detector.") { artifacts, output };
write.SetAction(given => Guarded(() => Write(given)));
train.SetAction(given => Guarded(() => Train(given.GetValue(artifacts)!)));
finish.SetAction(given => Guarded(() => Finish(given.GetValue(artifacts)!, given.GetValue(output)!)));
return new RootCommand("Training artifacts for devices.") { write, train, finish }.Parse(args).Invoke();

void Write(ParseResult given)
{
    var folder = given.GetValue(output)!;
    var detector = given.GetValue(model) is { } path ? DetectorModel.Load(path)
        : new SmallDetector { Classes = ["circle", "square"] }.Build();
    var written = new MLContext().Detection().FineTune(new()
    {
        Detector = detector, Optimizer = new AdamW { WeightDecay = 1e-4f }, BatchSize = given.GetValue(batch),
        Frozen = given.GetValue(freeze) ?? [],
    }).WriteArtifacts(folder, new()
    {
        Kernels = given.GetValue(kernels) ? GradientKernels.TrainingRuntime : GradientKernels.Standard,
    });
    detector.Save(Path.Combine(folder, "detector.onnx"));
    foreach (var input in written.Data)
        Console.WriteLine($"input   {input}");
    foreach (var name in written.Outputs)
        Console.WriteLine($"output  {name}");
    Console.WriteLine($"weights {written.Layout.Size} in {written.Layout.Entries.Count} tensors");
    foreach (var file in new DirectoryInfo(folder).GetFiles().OrderBy(file => file.Name))
        Console.WriteLine($"{file.Length,10} bytes  {file.FullName}");
}

void Train(string folder)
{
    if (OrtTraining.WhyNot() is { } reason)
        throw new InvalidOperationException(reason);
    var inputs = OnnxModel.Load(Path.Combine(folder, "eval_model.onnx")).Inputs;
    var weights = OrtCheckpoint.Load(Path.Combine(folder, "checkpoint")).Trained;
    // Black pictures without objects: an application feeds its own.
    var data = inputs.Where(input => !weights.ContainsKey(input.Name)).Select(input => HostTensors.Allocate(
        (OnnxGraphs.Graphs.ElementType)input.Type.TensorType.ElemType,
        new([.. input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue)]))).ToList();
    using var training = new DeviceTraining(folder);
    for (var step = 1; step <= 3; step++)
        Console.WriteLine($"update {step}: loss {training.Update([data], 1e-3f):f4}");
    training.Save(Path.Combine(folder, "checkpoint"));
}

void Finish(string folder, string path)
{
    if (Path.Exists(path))
        throw new IOException($"{path}: exists already; give another --output.");
    var detector = DetectorModel.Load(Path.Combine(folder, "detector.onnx"));
    var checkpoint = OrtCheckpoint.Load(Path.Combine(folder, "checkpoint"));
    (detector with { Model = checkpoint.ApplyTo(detector.Model) }).Save(path);
    Console.WriteLine($"{path}: {checkpoint.Trained.Count} tensors after {checkpoint.Optimizer?.Step ?? 0} updates");
}

static int Guarded(Action action)
{
    try
    {
        action();
        return 0;
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException
        or InvalidOperationException or OnnxRuntimeException)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
}
