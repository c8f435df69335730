// Trains the built-in detector in a program that was compiled ahead of time, as programs for phones are: no code is made at
// run time, and what nothing refers to is gone. NativeAot DETECTOR.onnx: the losses of twenty steps on one batch of noise.
using System.Globalization;
using System.Runtime.CompilerServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

const int batch = 2, steps = 20, side = 128, every = 7;
var model = OnnxModel.Load(args[0]);
var graph = TrainingGraph.Build(model, ["class_logits", "box_deltas"], (graph, values) =>
{
    var (b, n) = (values[0].Shape[0], values[0].Shape[1]);
    var targets = new DetectionTargets(graph.Input("classes", ElementType.Int64, new(b, n)), graph.Input("boxes", b, n, 4));
    return new RetinaNetLoss().Terms(targets, values[0], values[1]);
}, new AdamW(), new() { InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(batch, 3, side, side) } });
using var run = new TrainingRun(graph, model);
var random = new Random(1);
foreach (ref var pixel in run.Input<float>("images"))
    pixel = random.NextSingle() * 4 - 2;
var classes = run.Input<long>("classes");
for (var i = 0; i < classes.Length; i++)
    classes[i] = i % every == 0 ? 0 : -1;
foreach (ref var delta in run.Input<float>("boxes"))
    delta = random.NextSingle() - 0.5f;
var losses = Enumerable.Range(0, steps).Select(_ => ((ITrainingRun)run).Step(1e-3f)).ToList();
foreach (var loss in losses)
    Console.WriteLine(loss.ToString("R", CultureInfo.InvariantCulture));
var path = Path.Combine(AppContext.BaseDirectory, "checkpoint.safetensors");
run.Save().Save(path);
var same = Checkpoint.Load(path).Vectors[TrainingGraph.Parameters].SequenceEqual(run.Read(0));
File.Delete(path);
Console.WriteLine($"code at run time: {RuntimeFeature.IsDynamicCodeSupported}; the checkpoint {(same ? "is" : "is not")} the state");
return losses[^1] < 0.9f * losses[0] && same ? 0 : 1;
