using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossExportTests
{
    private string _folder = "";

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("losses").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void FilesRunOnTheirOwn()
    {
        LossExport.ExportLoss(new FocalLoss(), _folder, new(2, 3), new(ElementType.Float32, new(2, 3)));
        using var session = new InferenceSession(Path.Combine(_folder, "loss.grad.onnx"));
        CollectionAssert.AreEqual(new[] { "prediction", "target" }, session.InputNames.ToArray());
        CollectionAssert.AreEqual(new[] { "loss", "d_prediction" }, session.OutputNames.ToArray());
        var metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.AreEqual("-a_t (1 - p_t)^g log p_t, p = sigmoid(x)", metadata["formula"]);
        Assert.AreEqual("https://arxiv.org/abs/1708.02002", metadata["paper"]);
        Assert.AreEqual("18", metadata["opset"]);
        Assert.Contains("Gamma = 2", metadata["loss"]);
        var model = OnnxModel.Load(Path.Combine(_folder, "loss.onnx"));
        CollectionAssert.AreEqual(new[] { "loss" }, model.OutputNames.ToArray());
        Assert.IsTrue(model.Proto.Graph.Input.All(input => input.DocString.Length > 0));
    }

    public static IEnumerable<object[]> Batched => LossCatalog.All
        .Where(example => example.Inputs.Any(input => input.HasBatch))
        .SelectMany(example => new[] { 1, 2, 5 }.Select(batch => new object[] { example.Name, batch }));

    // The file takes any number of images and says what a graph built for just that number says.
    [TestMethod]
    [DynamicData(nameof(Batched))]
    public void TheBatchIsOpen(string name, int batch)
    {
        var example = LossCatalog.All.Single(example => example.Name == name);
        var sized = example with { Inputs = [.. example.Inputs.Select(input => Repeated(input, batch))] };
        var open = LossExport.Model(example, gradient: true);
        Assert.AreEqual("batch", open.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        var (graph, inputs, loss) = sized.Construct();
        var predictions = inputs.Where((_, i) => sized.Inputs[i].IsPrediction).ToArray();
        graph.Output("loss", loss);
        foreach (var (input, slope) in predictions.Zip(Gradient.Of(loss, predictions)))
            graph.Output($"d_{input.Name}", slope);
        var (expected, actual) = (Run(GraphWriter.Write(graph, name), sized), Run(open, sized));
        foreach (var (output, value) in expected)
        {
            Assert.AreEqual(value.Shape, actual[output].Shape, output);
            foreach (var (e, a) in value.Values<float>().ToArray().Zip(actual[output].Values<float>().ToArray()))
                Assert.AreEqual(e, a, 1e-6f * Math.Max(1, Math.Abs(e)), output);
        }
    }

    [TestMethod]
    [DataRow(Normalizer.None), DataRow(Normalizer.Mean)]
    [DataRow(Normalizer.PositivesPerBatch), DataRow(Normalizer.PositivesPerImage)]
    public void EveryNormalizerKeepsTheBatchOpen(Normalizer normalizer)
    {
        var example = LossExample.Of(new SquaredErrorLoss { Normalizer = normalizer },
            Tensor.Filled(new(2, 3), 2), Tensor.Filled(new(2, 3), 1));
        var five = example with { Inputs = [.. example.Inputs.Select(input => Repeated(input, 5))] };
        var results = Run(LossExport.Model(example, gradient: true), five);
        Assert.AreEqual(normalizer == Normalizer.None ? 15f : 1f, results["loss"].Values<float>()[0], 1e-6f);
        Assert.AreEqual(new TensorShape(5, 3), results["d_prediction"].Shape);
    }

    // A loss of one's own may depend on the batch in any way: then the file is for the example's batch alone.
    [TestMethod]
    public void AnotherLawOfTheBatchKeepsItFixed()
    {
        var example = new LossExample(new SquaredErrorLoss(), [new("prediction", Tensor.Filled(new(2, 3), 1), true)],
            x => Op.SumAll(x[0]) * MathF.Sqrt(x[0].Shape[0]));
        var model = LossExport.Model(example, gradient: false);
        Assert.AreEqual(2, model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue);
        Assert.AreEqual(6 * MathF.Sqrt(2), Run(model, example)["loss"].Values<float>()[0], 1e-5f);
    }

    [TestMethod]
    public void EveryLossOfTheCatalogExports()
    {
        Assert.HasCount(LossCatalog.All.Count, LossCatalog.All.Select(example => example.Name).Distinct());
        foreach (var example in LossCatalog.All)
        {
            LossExport.ExportLoss(example, Path.Combine(_folder, example.Name));
            foreach (var file in new[] { "loss.onnx", "loss.grad.onnx" })
                using (var session = new InferenceSession(Path.Combine(_folder, example.Name, file)))
                    Assert.Contains("loss", session.OutputNames);
        }
    }

    // Every public loss of the library stands in the catalog.
    [TestMethod]
    public void TheCatalogIsComplete()
    {
        var listed = LossCatalog.All.Select(example => example.Loss.GetType()).Append(typeof(LossSum)).ToHashSet();
        var all = typeof(Loss).Assembly.GetExportedTypes().Where(type => type.Namespace == typeof(Loss).Namespace
            && type.Name.EndsWith("Loss") && !type.IsAbstract && type != typeof(LossSum));
        CollectionAssert.AreEquivalent(all.ToArray(), listed.Where(type => type != typeof(LossSum)).ToArray());
        Assert.IsTrue(LossCatalog.All.All(example => FormulaAttribute.Of(example.Loss).Text != example.Name));
    }

    // The images of the example again and again.
    private static ExampleInput Repeated(ExampleInput input, int batch)
    {
        if (!input.HasBatch)
            return input;
        var image = input.Value.Data.Length / (int)input.Value.Shape[0];
        var bytes = Enumerable.Range(0, batch * image).Select(i => input.Value.Data[i % input.Value.Data.Length]);
        return input with { Value = new(input.Value.Type, input.Value.Shape.With(0, batch), [.. bytes]) };
    }

    private static Dictionary<string, Tensor> Run(OnnxModel model, LossExample example)
    {
        using var session = new InferenceSession(model.ToBytes());
        using var options = new RunOptions();
        var feeds = example.Inputs.Where(input => session.InputNames.Contains(input.Name))
            .ToDictionary(input => input.Name, input => HostTensors.Write(input.Value));
        using var results = session.Run(options, feeds, session.OutputNames);
        return session.OutputNames.Zip(results, (name, value) => (name, HostTensors.Read(value))).ToDictionary();
    }
}
