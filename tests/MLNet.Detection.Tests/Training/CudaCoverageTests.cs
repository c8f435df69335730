using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Detectors;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Tests.Precision;
using OnnxGraphs.Training;
using MLContext = Microsoft.ML.MLContext;

namespace MLNet.Detection.Tests.Training;

/// <summary>The trainer's steps have no node that ONNX Runtime's CUDA provider would leave to the processor.</summary>
[TestClass]
public sealed class CudaCoverageTests
{
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void A_step_of_each_head_has_kernels(object row) => AssertKernels(((HeadCase)row).Load());

    [TestMethod]
    public void A_step_of_the_built_in_detector_has_kernels() =>
        AssertKernels(new SmallDetector { Classes = HeadExport.Classes, Width = 64, Height = 64 }.Build());

    private static void AssertKernels(DetectorModel detector)
    {
        var step = StepOf(detector);
        OnnxModel[] models = step.Halves is { } halves ? [halves.Forward, halves.Rest] : [step.Step];
        foreach (var model in models)
            Assert.AreEqual("", string.Join(", ", TypedNodes.Of(model)
                .Where(node => !CudaKernels.Has(node.Node.OpType, model.Opset, node.Type))
                .Select(node => $"{node.Node.OpType} of {node.Type}")), $"without a CUDA kernel, opset {model.Opset}");
    }

    private static TrainingGraph StepOf(DetectorModel detector)
    {
        var backend = new Builder();
        Assert.ThrowsExactly<OperationCanceledException>(() => new FineTuneTrainer(new MLContext(), new()
        {
            Detector = detector, BatchSize = 2, Backend = backend,
            Optimizer = new AdamW { ClipNorm = 1, WeightDecay = 0.01f },
        }).Train(new DetectionDataView(HeadExport.Pictures)));
        return backend.Built!;
    }

    /// <summary>Builds the step and ends the run.</summary>
    private sealed class Builder : ITrainingBackend
    {
        public TrainingGraph? Built { get; private set; }

        public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
            TrainingGraphOptions options, Device device)
        {
            Built = TrainingGraph.Build(model, heads, loss, optimizer, options);
            throw new OperationCanceledException();
        }
    }
}
