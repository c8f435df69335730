using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Tests.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Heads;

/// <summary>What a two-stage file gives away: boxes in pixels, x first, and probabilities.</summary>
[TestClass]
public sealed class TwoStageOutputTests
{
    [TestMethod]
    public void Boxes_in_another_form_are_said_with_the_output()
    {
        Says("boxes", "the output 'boxes' gives parts of the picture", tail => tail.Then("Mul", [1 / 64f]));
        Says("boxes", "the output 'boxes' gives the y axis first", tail => tail.Gather(1, 1, 0, 3, 2));
    }

    [TestMethod]
    public void A_power_of_the_score_is_not_taken_for_it()
    {
        Says("scores", "the output 'scores' gives the score 0.49", tail => tail.Then("Pow", [2]));
        var proto = OnnxModel.Load(new TwoStageExport("pyramid").Path).Proto.Clone();
        proto.Graph.Node.Add(new NodeProto { OpType = "Sqrt", Input = { "scores" }, Output = { "confidence" } });
        var output = proto.Graph.Output.Single(output => output.Name == "scores").Clone();
        output.Name = "confidence";
        proto.Graph.Output.Insert(0, output);
        Assert.AreEqual("scores", ((TwoStageHead)Import(new(proto)).Head).FileOutputs.Scores);
    }

    private static void Says(string output, string message, Func<AlteredTail, AlteredTail> change) =>
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
            Import(change(new(OnnxModel.Load(new TwoStageExport("pyramid").Path), output)).Model)).Message, message);

    private static DetectorModel Import(OnnxModel model) =>
        new DetectorImport { Classes = HeadExport.Classes, ImageSize = (64, 64) }.Apply(model);
}
