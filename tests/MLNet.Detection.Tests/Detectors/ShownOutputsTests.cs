using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Heads;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>What a file computes behind a value that agrees, up to its outputs: another way of writing the same numbers is
/// accepted, other numbers are refused.</summary>
[TestClass]
public sealed class ShownOutputsTests
{
    private const int Side = 64;

    private static readonly DetectorModel Small = new SmallDetector { Classes = ["a", "b"], Width = Side, Height = Side }.Build();

    private static readonly long[] Backward = [.. Enumerable.Range(0, Small.Anchors.Count).Select(i => (long)i).Reverse()];

    [TestMethod]
    public void Outputs_with_other_boxes_are_refused()
    {
        Refuses("shifted", tail => tail.Then("Add", [0.1f * Side]));
        Refuses("parts of two pictures", tail => tail.Then("Mul", [0.5f / Side]));
        Refuses("mirrored", tail => tail.Then("Sub", before: [Side]).Gather(2, 2, 1, 0, 3));
        Refuses("squared", tail => tail.Then("Pow", [2]));
        Refuses("rows in another order than those of the scores", tail => tail.Gather(1, Backward));

        static void Refuses(string what, Func<AlteredTail, AlteredTail> change)
        {
            var error = Assert.ThrowsExactly<ModelException>(() => Demand("boxes", change), what);
            StringAssert.Contains(error.Message, "of 'boxes' is [", what);
            StringAssert.Contains(error.Message, "decoded here it is [", what);
            StringAssert.Contains(error.Message, "export the model without the arithmetic", what);
        }
    }

    [TestMethod]
    public void Other_ways_of_writing_the_same_boxes_are_accepted()
    {
        Accepts("as they are", tail => tail);
        Accepts("parts of the picture", tail => tail.Then("Div", [Side]));
        Accepts("pixels of a larger picture", tail => tail.Then("Div", [Side]).Then("Mul", [640, 480, 640, 480]));
        Accepts("the other axis first", tail => tail.Gather(2, 1, 0, 3, 2));
        Accepts("clipped", tail => tail.Then("Max", [0]).Then("Min", [Side]));
        Accepts("corner and size", tail => tail.Times([1, 0, -1, 0, 0, 1, 0, -1, 0, 0, 1, 0, 0, 0, 0, 1]));

        static void Accepts(string what, Func<AlteredTail, AlteredTail> change)
        {
            var (boxes, scores) = Demand("boxes", change);
            Assert.AreEqual("boxes", boxes, what);
            Assert.IsNotNull(scores, what);
        }
    }

    [TestMethod]
    public void Outputs_with_arithmetic_on_the_scores_are_refused()
    {
        Refuses("the rest", tail => tail.Then("Sub", before: [1]));
        Refuses("more", tail => tail.Then("Add", [0.1f]));
        Refuses("squares", tail => tail.Then("Pow", [2]));
        Refuses("roots", tail => tail.Then("Sqrt"));
        Refuses("logarithms", tail => tail.Then("Log"));
        Refuses("scaled and shifted", tail => tail.Then("Mul", [0.7f, 1.3f]).Then("Add", [0.01f]));

        static void Refuses(string what, Func<AlteredTail, AlteredTail> change)
        {
            var error = Assert.ThrowsExactly<ModelException>(() => Demand("scores", change), what);
            StringAssert.Contains(error.Message, "of 'scores' is [", what);
            StringAssert.Contains(error.Message, "decoded here it is [", what);
        }
    }

    // Their scores hardly vary before training.
    [TestMethod]
    public void They_are_refused_with_classes_that_are_drawn_anew()
    {
        var import = new DetectorImport
        {
            ClassOutput = "scores", BoxOutput = "boxes", HasBackground = false, Classes = ["c", "d", "e"],
            Anchors = [.. Small.Anchors], Normalization = Normalization.Unit,
        };
        import.Apply(Small.Model);
        foreach (var change in (Func<AlteredTail, AlteredTail>[])
            [tail => tail.Then("Pow", [2]), tail => tail.Then("Sub", before: [1]), tail => tail.Then("Log")])
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() =>
                import.Apply(change(new(Small.Model, "scores")).Model)).Message, "of 'scores' is [");
    }

    [TestMethod]
    public void Scores_that_are_no_others_are_accepted()
    {
        Assert.IsNotNull(Demand("scores", tail => tail.Then("Mul", [1]).Then("Max", [0])).Scores);
        Assert.IsNotNull(Demand("scores", tail => tail.Zeroed(0.3f)).Scores);
        Assert.IsNotNull(Demand("scores", tail => tail.Zeroed(2)).Scores);
        Assert.IsNotNull(Demand("boxes", tail => tail.Zeroed(1e9f)).Boxes);
    }

    // As behind a suppression.
    [TestMethod]
    public void Scores_of_chosen_places_are_among_those_decoded_here()
    {
        Assert.IsNotNull(Demand("scores", tail => tail.Best(20)).Boxes);
        Assert.IsNotNull(Demand("scores", tail => tail.Then("Neg").Then("Neg").Best(20)).Boxes);
        foreach (var change in (Func<AlteredTail, AlteredTail>[])[tail => tail.Best(20).Then("Mul", [2]), tail => tail.Then("Mul", [2]).Best(20)])
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => Demand("scores", change)).Message,
                "decoded here no score is that");
    }

    // Boxes, objectness and classes in one table.
    [TestMethod]
    [DataRow("yolox", 4, 1, "objectness", DisplayName = "half of the objectness")]
    [DataRow("yolox", 5, 99, "' is [", DisplayName = "half of the classes")]
    [DataRow("yolox", 0, 0, null, DisplayName = "as they are")]
    public void Columns_of_a_joined_output_are_compared(string file, int first, int count, string? message)
    {
        var detector = HeadCase.Of(file).Load();
        float[] factors = [.. Enumerable.Range(0, 5 + detector.Classes.Count).Select(i => i >= first && i < first + count ? 0.5f : 1)];
        var changed = detector with { Model = new AlteredTail(detector.Model, "output").Then("Mul", factors).Model };
        if (message is null)
            Assert.IsNotNull(MeaningCheck.Demand(changed).Scores);
        else
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(changed)).Message, message);
    }

    private static (string? Boxes, string? Scores) Demand(string output, Func<AlteredTail, AlteredTail> change) =>
        MeaningCheck.Demand(Small with { Model = change(new(Small.Model, output)).Model });
}
