using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
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
        Assert.AreEqual("21", metadata["opset"]);
        Assert.Contains("Gamma = 2", metadata["loss"]);
        var model = OnnxModel.Load(Path.Combine(_folder, "loss.onnx"));
        CollectionAssert.AreEqual(new[] { "loss" }, model.OutputNames.ToArray());
        Assert.IsTrue(model.Proto.Graph.Input.All(input => input.DocString.Length > 0));
    }

    // Means have the number of elements or images built in.
    [TestMethod]
    [DataRow(Normalizer.None, true)]
    [DataRow(Normalizer.Mean, false)]
    [DataRow(Normalizer.PositivesPerBatch, true)]
    [DataRow(Normalizer.PositivesPerImage, false)]
    public void TheBatchStaysOpenWherePossible(Normalizer normalizer, bool open)
    {
        var example = LossExample.Of(new SquaredErrorLoss { Normalizer = normalizer },
            Tensor.Filled(new(2, 3), 2), Tensor.Filled(new(2, 3), 1));
        var model = LossExport.Model(example, gradient: true);
        Assert.AreEqual(open ? "batch" : "", model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        if (!open)
            return;
        using var session = new InferenceSession(model.ToBytes());
        using var run = new RunOptions();
        var feeds = new Dictionary<string, OrtValue>
        {
            ["prediction"] = HostTensors.Write(Tensor.Filled(new(5, 3), 2)),
            ["target"] = HostTensors.Write(Tensor.Filled(new(5, 3), 1)),
        };
        using var results = session.Run(run, feeds, ["loss", "d_prediction"]);
        Assert.AreEqual(normalizer == Normalizer.None ? 15f : 1f, HostTensors.Read(results[0]).Values<float>()[0]);
        Assert.AreEqual(new TensorShape(5, 3), HostTensors.Read(results[1]).Shape);
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
}
