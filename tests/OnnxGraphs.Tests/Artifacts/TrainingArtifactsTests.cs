using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>What stands in the files, and what is refused. OfficialRuntimeTests run them.</summary>
[TestClass]
public sealed class TrainingArtifactsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artifacts-").FullName;

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ModelsStayWithinWhatTheRuntimeKnows()
    {
        var artifacts = SmallNetwork.Write(
            _folder, new AdamW { ClipNorm = 1 }, new() { Kernels = GradientKernels.TrainingRuntime });
        foreach (var path in new[] { artifacts.TrainingModel, artifacts.EvalModel, artifacts.OptimizerModel })
        {
            var model = OnnxModel.Load(path);
            Assert.IsInRange(11, 21, model.Opset);
            Assert.IsInRange(3, 10, (int)model.Proto.IrVersion);
        }
    }

    [TestMethod]
    public void InputsAndOutputsStandInTheCustomaryOrder()
    {
        var artifacts = SmallNetwork.Write(_folder, new AdamW(), new()
        {
            Graph = new() { Frozen = ["z.*", "middle.*", "early.*"] },
        });
        var (training, evaluation) = (OnnxModel.Load(artifacts.TrainingModel), OnnxModel.Load(artifacts.EvalModel));
        CollectionAssert.AreEqual(new[]
        {
            "images", "target", "a.weight", "a.bias", "a.weight_grad.accumulation.buffer",
            "a.bias_grad.accumulation.buffer", "lazy_reset_grad",
        }, training.Inputs.Select(input => input.Name).ToArray());
        CollectionAssert.AreEqual(new[]
        {
            TrainingGraph.Loss, "focal", "a.weight_grad.accumulation.out", "a.bias_grad.accumulation.out",
        }, training.OutputNames.ToArray());
        CollectionAssert.AreEqual(new[] { "images", "target", "a.weight", "a.bias" },
            evaluation.Inputs.Select(input => input.Name).ToArray());
        CollectionAssert.AreEqual(new[] { TrainingGraph.Loss, "focal", "logits" }, evaluation.OutputNames.ToArray());
        CollectionAssert.AreEquivalent(new[] { "a.weight", "a.bias" },
            OrtCheckpoint.Load(artifacts.Checkpoint).Trained.Keys.ToArray());
    }

    [TestMethod]
    [DataRow(GradientKernels.Standard, "InPlaceAccumulatorV2")]
    [DataRow(GradientKernels.TrainingRuntime, "ConvGrad InPlaceAccumulatorV2 MaxPoolGrad ReluGrad SigmoidGrad")]
    public void GradientsAreMadeOfTheWantedOperators(GradientKernels kernels, string operators)
    {
        var artifacts = SmallNetwork.Write(_folder, new AdamW(), new() { Kernels = kernels });
        var found = OnnxModel.Load(artifacts.TrainingModel).Proto.Graph.Node
            .Where(node => node.Domain == "com.microsoft" || node.OpType.EndsWith("Grad", StringComparison.Ordinal));
        Assert.AreEqual(operators, string.Join(' ', found.Select(node => node.OpType).Distinct().Order()));
    }

    [TestMethod]
    public void ReplacesNothingUnlessTold()
    {
        SmallNetwork.Write(_folder, new Sgd(0));
        var before = File.GetLastWriteTimeUtc(Path.Combine(_folder, "checkpoint"));
        var error = Assert.ThrowsExactly<ModelException>(() => SmallNetwork.Write(_folder, new Sgd(0)));
        StringAssert.Contains(error.Message, "training_model.onnx: exists already; give another folder, or allow overwriting (Overwrite, or --overwrite)");
        Assert.AreEqual(before, File.GetLastWriteTimeUtc(Path.Combine(_folder, "checkpoint")));
        SmallNetwork.Write(_folder, new AdamW(), new() { Overwrite = true });
        Assert.HasCount(4, Directory.GetFiles(_folder), "nothing is left beside the files");
    }

    [TestMethod]
    public void RefusesAnOpsetThatCannotBeLowered()
    {
        var model = SmallNetwork.Model();
        model.Proto.OpsetImport[0].Version = 22;
        Refuses(model, SmallNetwork.Loss, "opset 22 cannot be lowered to 21");
    }

    [TestMethod]
    public void RefusesANameThatTheRuntimeTakesForAGradient() => Refuses(SmallNetwork.Model(),
        (graph, heads) => new Dictionary<string, Var>
        {
            ["sum"] = Op.SumAll(heads[0] * graph.Input("weight_grad", heads[0].Shape.ToArray())),
        }, "takes 'weight_grad' for a gradient");

    [TestMethod]
    public void RefusesAStartOfAnotherModel()
    {
        var layout = ParameterLayout.Of(SmallNetwork.Model(), ["z.bias"]);
        var start = new Checkpoint(
            1, layout, new Dictionary<string, float[]> { [TrainingGraph.Parameters] = new float[8] });
        var error = Assert.ThrowsExactly<ModelException>(
            () => SmallNetwork.Write(_folder, new Sgd(0), new() { Start = start }));
        StringAssert.Contains(error.Message, "The checkpoint holds 1 parameters of 8 numbers");
    }

    [TestMethod]
    public void RefusesWhatTheRuntimesOptimizersLack()
    {
        RefusesOptimizer(new Sgd(), "neither momentum nor weight decay; found Momentum = 0.9");
        RefusesOptimizer(new Sgd(0) { WeightDecay = 0.5f }, "WeightDecay = 0.5");
        RefusesOptimizer(new AdamW { ClipNorm = -1 }, "AdamW.ClipNorm is -1");
        RefusesOptimizer(new SignDescent(), "no optimizer SignDescent; expected AdamW or Sgd");
    }

    [TestMethod]
    public void WritesNothingWhenItRefuses()
    {
        RefusesOptimizer(new Sgd(), "momentum");
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder));
    }

    private void Refuses(OnnxModel model, LossBuilder loss, string message)
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => TrainingArtifacts.Write(model, [SmallNetwork.Head], loss, new AdamW(), _folder));
        StringAssert.Contains(error.Message, message);
    }

    private void RefusesOptimizer(Optimizer optimizer, string message) => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(() => SmallNetwork.Write(_folder, optimizer)).Message, message);

    private sealed record SignDescent : Optimizer
    {
        public override IReadOnlyList<string> Slots => [];

        protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
            new(p - lr * Op.Apply("Sign", [g]), []);
    }
}
