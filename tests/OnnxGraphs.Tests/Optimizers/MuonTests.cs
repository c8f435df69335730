using System.Text.Json.Nodes;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Tests.Optimizers;

/// <summary>Steps of Muon against numbers in float64 (<c>tests/Exports/muon.py</c>): filters, wide and tall matrices,
/// vectors.</summary>
[TestClass]
public sealed class MuonTests
{
    private static readonly JsonNode Reference = JsonNode.Parse(File.ReadAllText("References/muon/muon.json"))!;

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void FollowsItsReference(int number)
    {
        var reference = Reference["runs"]![number]!;
        var muon = new Muon(Nesterov: (bool)reference["nesterov"]!) { WeightDecay = (float)Reference["decay"]! };
        using var run = new GivenGradients(muon, Numbers(reference["start"]!));
        foreach (var (step, gradient) in reference["gradients"]!.AsArray().Index())
        {
            var found = run.Step((float)Reference["rate"]!, Numbers(gradient!));
            foreach (var (i, expected) in Numbers(reference["weights"]![step]!).Index())
                Assert.AreEqual(expected, found[i], 2e-5, $"weight {i} after step {step + 1}");
        }
    }

    // The step does not depend on how long the gradient is, and moves a matrix by the same part in every direction.
    [TestMethod]
    public void TheLengthOfTheGradientDoesNotMatter()
    {
        var reference = Reference["runs"]![0]!;
        float[] start = Numbers(reference["start"]!), gradient = Numbers(reference["gradients"]![0]!);
        using var one = new GivenGradients(new Muon(), start);
        using var other = new GivenGradients(new Muon(), start);
        var (x, y) = (one.Step(0.1f, gradient), other.Step(0.1f, [.. gradient.Select(g => 1000 * g)]));
        for (var i = 0; i < x.Length; i++)
            Assert.AreEqual(x[i], y[i], 2e-5, $"weight {i}");
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefused()
    {
        Assert.Contains("Muon.Momentum is 1;", Refused(new Muon(1f)));
        Assert.Contains("Muon.Iterations is 0;", Refused(new Muon(Iterations: 0)));

        static string Refused(Muon muon) => Assert.ThrowsExactly<ArgumentException>(
            () => new GivenGradients(muon, new float[138])).Message;
    }

    private static float[] Numbers(JsonNode list) => [.. list.AsArray().Select(number => (float)(double)number!)];
}
