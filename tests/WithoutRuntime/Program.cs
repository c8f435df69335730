// An application that forgot the native package of ONNX Runtime: what it is told, whatever it begins with.
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Runtime;

var folder = Directory.CreateTempSubdirectory("without-runtime").FullName;
(string Name, Action Begin)[] beginnings =
[
    ("session options", () => Device.Cpu.CreateSessionOptions()),
    ("tensor", () => HostTensors.Allocate(ElementType.Float32, new(1, 2))),
    ("loss check", () => LossCheck.Gradient(LossCatalog.All[0])),
    ("built-in detector", () => Detector()),
    ("inspection", () => DetectorInspection.Of(Detector().Model)),
    ("detector", () => new Detector(Detector())),
    ("training", () =>
    {
        var shapes = ShapesGenerator.Write(folder, new() { Train = 2, Val = 0, Test = 1 });
        var ml = new MLContext(seed: 1);
        ml.Detection().FineTune(Detector(), epochs: 1).Fit(ml.Detection().LoadFromCoco(shapes.Train, shapes.Images));
    }),
];
foreach (var (name, begin) in beginnings)
    try
    {
        begin();
        Console.WriteLine($"{name}: did without");
    }
    catch (Exception error)
    {
        Console.WriteLine($"{name}: {error.GetType().Name}: {error.Message}");
    }
Directory.Delete(folder, recursive: true);

static DetectorModel Detector() =>
    new SmallDetector { Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)] }.Build();
