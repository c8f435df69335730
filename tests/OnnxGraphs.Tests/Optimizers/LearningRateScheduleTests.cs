using System.Text.Json;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Tests.Optimizers;

[TestClass]
public sealed class LearningRateScheduleTests
{
    // Reference group 15: 26 steps an epoch, 20 epochs, 1e-3 (t+1)/26, then 1e-3 (1 + cos(pi (t-26)/(T-26))) / 2.
    [TestMethod]
    public void FollowsTheRecipeOfBccd()
    {
        var schedule = new LearningRateSchedule(1e-3f, 26, 520);
        for (var t = 0; t < 520; t++)
        {
            var expected = t < 26 ? 1e-3 * (t + 1) / 26 : 1e-3 * (1 + Math.Cos(Math.PI * (t - 26) / (520 - 26))) / 2;
            Assert.AreEqual(expected, schedule.At(t), 1e-9, $"step {t}");
        }
        Assert.AreEqual(3.846153846153846e-05, schedule.At(0), 1e-11);
        Assert.AreEqual(1e-3f, schedule.At(25));
        Assert.AreEqual(1e-3f, schedule.At(26));
        Assert.AreEqual(5e-4, schedule.At(26 + 247), 1e-9);
    }

    [TestMethod]
    public void EndsAtTheFinalFraction()
    {
        var schedule = new LearningRateSchedule(2f, 0, 10, new CosineDecay(0.25));
        Assert.AreEqual(2f, schedule.At(0));
        Assert.AreEqual(0.5f, schedule.At(10));
        Assert.AreEqual(0.5f, schedule.At(1000));
        Assert.AreEqual(1.25, schedule.At(5), 1e-6);
    }

    // Every kind that torch has, step by step.
    [TestMethod]
    public void FollowsTorch()
    {
        using var json = JsonDocument.Parse(File.ReadAllText("References/schedules/schedules.json"));
        var (steps, peak) = (json.RootElement.GetProperty("steps").GetInt32(),
            json.RootElement.GetProperty("peak").GetSingle());
        foreach (var kind in json.RootElement.GetProperty("rates").EnumerateObject())
        {
            var schedule = new LearningRateSchedule(peak, 0, steps, LearningRateDecay.Parse(kind.Name));
            foreach (var (step, rate) in kind.Value.EnumerateArray().Index())
                Assert.AreEqual(rate.GetDouble(), schedule.At(step), 1e-6 * peak, $"{kind.Name}, step {step}");
        }
    }

    [TestMethod]
    public void AFlatEndStaysAtTheFinalFraction()
    {
        var schedule = new LearningRateSchedule(1f, 0, 100, LearningRateDecay.Parse("cosine:0.1:0.2"));
        Assert.AreEqual(0.55, schedule.At(40), 1e-6);
        foreach (var step in new[] { 80, 90, 99 })
            Assert.AreEqual(0.1f, schedule.At(step));
        Assert.IsGreaterThan(0.1f, schedule.At(78));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("cosine:much")]
    [DataRow("step")]
    [DataRow("exponential")]
    public void AnotherTextIsRefused(string text) => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(() => LearningRateDecay.Parse(text)).Message, $"decay is '{text}'; expected cosine");

    [TestMethod]
    [DataRow("cosine:2")]
    [DataRow("cosine:0:1")]
    [DataRow("poly:0")]
    [DataRow("step:1.5")]
    [DataRow("step:0.5:0")]
    public void OptionsOutOfRangeAreNamed(string text) => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
        () => new LearningRateSchedule(1, 0, 10, LearningRateDecay.Parse(text)).At(0)).Message, "expected");

    [TestMethod]
    public void WarmsUpThroughAShortRun()
    {
        var schedule = new LearningRateSchedule(1f, 10, 5);
        for (var t = 0; t < 5; t++)
            Assert.AreEqual((t + 1) / 10f, schedule.At(t));
    }
}
