// Training on a device with the official runtime (Microsoft.ML.OnnxRuntime.Training), without any Python:
//   dotnet run --project samples/OnDeviceTraining -- artifacts
// Writes the files for the device, trains with them as the device would (DeviceTraining.cs), and puts the weights back
// into the detector. On the command line: mlnet-detect artifacts write, mlnet-detect artifacts finish.
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using Samples.OnDeviceTraining;

var folder = args.Length > 0 ? args[0] : "artifacts";
// The detector to start from: here a small one without training; DetectorModel.Load("yours.onnx") otherwise.
var detector = new SmallDetector { Classes = ["circle", "square"] }.Build();
new MLContext().Detection()
    .FineTune(new() { Detector = detector, Optimizer = new AdamW { WeightDecay = 1e-4f }, BatchSize = 2 })
    .WriteArtifacts(folder);
Console.WriteLine($"Wrote {string.Join(", ", Directory.GetFiles(folder).Select(Path.GetFileName).Order())}");

if (OrtTraining.WhyNot() is { } reason)
{
    Console.WriteLine($"Not trained here: {reason}");
    return;
}
var checkpointFile = Path.Combine(folder, "checkpoint");
using (var training = new DeviceTraining(folder))
{
    var batch = Blank(folder, OrtCheckpoint.Load(checkpointFile).Trained.Keys);
    for (var step = 1; step <= 3; step++)
        Console.WriteLine($"update {step}: loss {training.Update([batch], 1e-3f):f4}");
    training.Save(checkpointFile);
}
var checkpoint = OrtCheckpoint.Load(checkpointFile);
(detector with { Model = checkpoint.ApplyTo(detector.Model) }).Save(Path.Combine(folder, "tuned.onnx"));

// Black pictures without objects: an application feeds its own.
static List<OrtValue> Blank(string folder, IEnumerable<string> weights) =>
[
    .. OnnxModel.Load(Path.Combine(folder, "eval_model.onnx")).Inputs.ExceptBy(weights, input => input.Name)
        .Select(input => HostTensors.Allocate((ElementType)input.Type.TensorType.ElemType,
            new([.. input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue)]))),
];
