using System.Text.Json;
using Microsoft.ML;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tests.Segmentation;

/// <summary>Loss and gradients of the first step beside PyTorch's in float64.</summary>
[TestClass]
public class FirstStepTests
{
    // Large, so that the difference of the weights has the digits of the gradient.
    private const float Rate = 1e4f;

    public static IEnumerable<object[]> Nets => MapFiles.All.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Nets))]
    public void LossAndGradientsAreThose(string name)
    {
        using var folder = new TemporaryFolder();
        var model = MapFiles.Import(name);
        Assert.AreEqual(name == "unet_crop", model.Crops);
        using var json = JsonDocument.Parse(File.ReadAllBytes(References.PathOf("segmentation", "first_steps.json")));
        var expected = json.RootElement.GetProperty(name);
        var result = new SegmentationTrainer(new MLContext(1), new()
        {
            Segmenter = model with { Tiling = null }, Epochs = 1, BatchSize = 2, LearningRate = Rate, WarmUpEpochs = 0,
            Optimizer = new Sgd(Momentum: 0) { WeightDecay = 0 }, Sampler = new InOrder(),
        }).Train(MapFiles.Data(folder, name));
        Assert.AreEqual(expected.GetProperty("loss").GetDouble(), result.History[0].Loss, 1e-5);
        var (before, after) = (model.Model.Initializers, result.Segmenter.Model.Initializers);
        var compared = 0;
        foreach (var gradient in expected.GetProperty("gradients").EnumerateObject().Where(g => before.ContainsKey(g.Name)))
        {
            var (old, tuned) = (before[gradient.Name].ToTensor().Values<float>().ToArray(),
                after[gradient.Name].ToTensor().Values<float>().ToArray());
            double[] own = [.. old.Zip(tuned, (a, b) => ((double)a - b) / Rate)];
            var norm = gradient.Value.GetProperty("norm").GetDouble();
            Assert.AreEqual(norm, Math.Sqrt(own.Sum(g => g * g)), 1e-3 * norm, gradient.Name);
            foreach (var (i, number) in gradient.Value.GetProperty("first").EnumerateArray().Index())
                Assert.AreEqual(number.GetDouble(), own[i], 1e-3 * norm, $"{gradient.Name} {i}");
            compared++;
        }
        Assert.IsGreaterThanOrEqualTo(2, compared);
    }

    private sealed record InOrder : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. Enumerable.Range(0, count).Select(i => new SampleChoice(i, false))];
    }
}
