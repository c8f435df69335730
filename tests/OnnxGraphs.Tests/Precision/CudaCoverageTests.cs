using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Precision;

/// <summary>Steps have no node that ONNX Runtime's CUDA provider would leave to the processor.</summary>
[TestClass]
public sealed class CudaCoverageTests
{
    public static IEnumerable<string> Files => ExportedModelTests.Files;

    public static IEnumerable<string> Losses => LossCatalog.All.Select(example => example.Name);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void AStepOfAModelHasKernels(string file)
    {
        var model = OnnxModel.Load(Path.Combine("References/exports", file));
        AssertKernels(Step(model).Step);
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void ALossAndItsGradientsHaveKernels(string name)
    {
        var (graph, inputs, loss) = LossCatalog.All.Single(example => example.Name == name).Construct();
        var floats = inputs.Where(input => input.Type == ElementType.Float32).ToList();
        AssertKernels(GraphWriter.Write([loss, .. Gradient.Of(loss, floats)]));
    }

    private static TrainingGraph Step(OnnxModel model) => TrainingGraph.Build(model, [.. model.OutputNames],
        (_, heads) => heads.Index().ToDictionary(head => $"term{head.Index}", head => Op.SumAll(head.Item * head.Item)),
        new AdamW { WeightDecay = 0.01f, ClipNorm = 1 });

    private static void AssertKernels(OnnxModel model) => Assert.AreEqual("", string.Join(", ", TypedNodes.Of(model)
        .Where(node => !CudaKernels.Has(node.Node.OpType, model.Opset, node.Type))
        .Select(node => $"{node.Node.OpType} of {node.Type}").CountBy(text => text)
        .Select(pair => $"{pair.Value} {pair.Key}")), $"nodes without a CUDA kernel, opset {model.Opset}");
}
