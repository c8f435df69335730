using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;

namespace OnnxGraphs.Tests.Precision;

/// <summary>Steps have no node that ONNX Runtime's CUDA provider would leave to the processor.</summary>
[TestClass]
public sealed class CudaCoverageTests
{
    // Of opset 22, which a convolution in bfloat16 needs; float32 kernels of these versions are in no list yet.
    private static readonly string[] NotListed = ["MaxPool", "InstanceNormalization", "Elu", "ReduceMax", "Softplus"];

    public static IEnumerable<string> Files => ExportedModelTests.Files;

    public static IEnumerable<string> Losses => LossCatalog.All.Select(example => example.Name);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void AStepHasKernels(string file) => AssertKernels(ExportedStep.Of(file, StepPrecision.Float32).Step);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void AStepInFloat16HasKernels(string file) =>
        AssertKernels(ExportedStep.Of(file, StepPrecision.Float16).Step);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void AStepInBFloat16HasKernels(string file)
    {
        var step = ExportedStep.Of(file, StepPrecision.BFloat16).Step;
        Assert.AreEqual("", string.Join(", ", TypedNodes.Of(step)
            .Where(node => !CudaKernels.HasToday(node.Node.OpType, step.Opset, node.Type)
                && !(NotListed.Contains(node.Node.OpType) && node.Type == ElementType.Float32))
            .Select(node => $"{node.Node.OpType} of {node.Type}").Distinct()));
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void ALossAndItsGradientsHaveKernels(string name)
    {
        var (graph, inputs, loss) = LossCatalog.All.Single(example => example.Name == name).Construct();
        var floats = inputs.Where(input => input.Type == ElementType.Float32).ToList();
        AssertKernels(GraphWriter.Write([loss, .. Gradient.Of(loss, floats)]));
    }

    private static void AssertKernels(OnnxModel model) => Assert.AreEqual("", string.Join(", ", TypedNodes.Of(model)
        .Where(node => !CudaKernels.Has(node.Node.OpType, model.Opset, node.Type))
        .Select(node => $"{node.Node.OpType} of {node.Type}").CountBy(text => text)
        .Select(pair => $"{pair.Value} {pair.Key}")), $"nodes without a CUDA kernel, opset {model.Opset}");
}
