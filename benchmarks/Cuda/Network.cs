using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>A network whose training step is measured.</summary>
/// <param name="Name">In tables, and for pytorch/cuda.py.</param>
/// <param name="File">The ONNX file.</param>
/// <param name="Classes">Value with the class logits, [images, anchors, columns].</param>
/// <param name="Boxes">Value with the box deltas, [images, anchors, 4].</param>
/// <param name="Batch">Images of a step.</param>
/// <param name="Height">Of a picture.</param>
/// <param name="Width">Of a picture.</param>
/// <param name="Focal">RetinaNet's loss; else MultiBox.</param>
internal sealed record Network(
    string Name, string File, string Classes, string Boxes, int Batch, int Height, int Width, bool Focal)
{
    private const string Logits = "cls_logits", Deltas = "bbox_regression";

    /// <summary>The networks that are timed.</summary>
    public static IReadOnlyList<Network> Timed(bool small) =>
    [
        small ? new("retinanet", "retinanet_128.onnx", Logits, Deltas, 2, 128, 128, Focal: true)
            : new("retinanet", "retinanet_512.onnx", Logits, Deltas, 16, 512, 512, Focal: true),
        new("ssdlite", "ssdlite.onnx", Logits, Deltas, small ? 2 : 64, 320, 320, Focal: false),
        UltraFace(small ? 2 : 64),
    ];

    /// <summary>
    /// The networks whose numbers are compared; the deep ones by a smooth loss, as MultiBox's choice of negatives turns
    /// rounding into other gradients.
    /// </summary>
    public static IReadOnlyList<Network> Compared =>
    [
        new("tiny RetinaNet", "tiny_retinanet.onnx", Logits, Deltas, 2, 32, 32, Focal: true),
        new("SSD head", "ssd.onnx", Logits, Deltas, 4, 64, 64, Focal: false),
        new("RetinaNet head", "retinanet.onnx", Logits, Deltas, 4, 64, 64, Focal: true),
        new("RetinaNet ResNet18-FPN", "retinanet_128.onnx", Logits, Deltas, 2, 128, 128, Focal: true),
        new("SSDLite-MobileNetV3", "ssdlite.onnx", Logits, Deltas, 2, 320, 320, Focal: true),
        UltraFace(2) with { Name = "UltraFace", Focal = true },
    ];

    /// <summary>UltraFace.</summary>
    public static Network UltraFace(int batch) =>
        new("ultraface", "ultraface.onnx", "459", "boxes", batch, 240, 320, Focal: false);

    /// <summary>The optimiser that it is timed with.</summary>
    public Optimizer Optimizer => Name == "ultraface"
        ? new AdamW { WeightDecay = 1e-4f } : new Sgd { WeightDecay = 1e-4f };

    /// <summary>The step, and the model with weights to start from.</summary>
    public (TrainingGraph Graph, OnnxModel Model) Build(
        string models, Optimizer optimizer, StepPrecision precision = StepPrecision.Float32)
    {
        var model = OnnxModel.Load(Path.Combine(models, File));
        DetectionLoss loss = Focal ? new RetinaNetLoss() : new MultiBoxLoss();
        var graph = TrainingGraph.Build(model, [Classes, Boxes], (graph, values) =>
        {
            var anchors = values[0].Shape[1];
            return loss.Terms(new(graph.Input(RandomData.Classes, ElementType.Int64, new(Batch, anchors)),
                graph.Input(RandomData.Boxes, Batch, anchors, 4)), values[0], values[1]);
        }, optimizer, new()
        {
            InputShapes = new Dictionary<string, TensorShape> { [model.Inputs[0].Name] = new(Batch, 3, Height, Width) },
            Precision = precision,
        });
        return (graph, RandomData.Weights(graph.Layout, model));
    }
}
