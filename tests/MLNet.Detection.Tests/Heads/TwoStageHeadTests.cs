using MLNet.Detection.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

/// <summary>Two-stage detectors against torchvision's, on small exports.</summary>
[TestClass]
public sealed class TwoStageHeadTests
{
    // One step of plain gradient descent at rate r moves each weight by -r times its gradient.
    [TestMethod, DataRow("pyramid"), DataRow("one_map")]
    public void First_step_equals_torchvision(string file)
    {
        const float Rate = 100;
        var export = new TwoStageExport(file);
        var detector = export.LoadForEverything();
        var result = HeadExport.Train(detector, 1, Rate, new Sgd(0));
        foreach (var (name, expected) in export.History[0])
            Assert.AreEqual(expected, result.History[0].Terms[name], 2e-5 * (1 + expected), name);
        var gradients = export.Gradients;
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
        {
            var (before, after, expected) = (Values(detector, name), Values(result.Detector, name), gradients[name]);
            double norm = Math.Sqrt(expected.Sum(g => (double)g * g)), difference = 0;
            for (var i = 0; i < expected.Length; i++)
                difference += Math.Pow((before[i] - after[i]) / Rate - expected[i], 2);
            Assert.IsLessThan(1e-3 * norm + 1e-7, Math.Sqrt(difference), name);
        }
    }

    private static float[] Values(DetectorModel detector, string name) =>
        detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();
}
