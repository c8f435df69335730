using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossAttachmentTests
{
    private static OnnxModel Doubling()
    {
        var graph = new Graph();
        var x = graph.Input("x", 1, 2);
        graph.Output("y", Ops.Op.Sigmoid(graph.Output("logits", x * 2f)));
        return GraphWriter.Write(graph);
    }

    [TestMethod]
    public void ALossOnAModel()
    {
        var model = Doubling().Attach(new SquaredErrorLoss(), "logits");
        using var session = new InferenceSession(model.ToBytes());
        CollectionAssert.AreEqual(new[] { "x", "target" }, session.InputNames.ToArray());
        CollectionAssert.AreEqual(new[] { "logits", "y", "loss" }, session.OutputNames.ToArray());
        using var run = new RunOptions();
        var feeds = new Dictionary<string, OrtValue>
        {
            ["x"] = HostTensors.Write(Tensor.Of<float>(new(1, 2), [1, -2])),
            ["target"] = HostTensors.Write(Tensor.Of<float>(new(1, 2), [3, 0])),
        };
        using var results = session.Run(run, feeds, ["loss", "logits"]);
        Assert.AreEqual((1 + 16) / 2f, HostTensors.Read(results[0]).Values<float>()[0]);
        CollectionAssert.AreEqual(new float[] { 2, -4 }, HostTensors.Read(results[1]).Values<float>().ToArray());
    }

    [TestMethod]
    public void AnUnknownValueIsNamed()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => Doubling().Attach(new L1Loss(), "logit"));
        Assert.Contains("'logits'", error.Message);
    }
}
