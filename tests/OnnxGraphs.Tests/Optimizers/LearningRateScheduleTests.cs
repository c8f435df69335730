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
        var schedule = new LearningRateSchedule(2f, 0, 10, 0.25f);
        Assert.AreEqual(2f, schedule.At(0));
        Assert.AreEqual(0.5f, schedule.At(10));
        Assert.AreEqual(0.5f, schedule.At(1000));
        Assert.AreEqual(1.25, schedule.At(5), 1e-6);
    }

    [TestMethod]
    public void WarmsUpThroughAShortRun()
    {
        var schedule = new LearningRateSchedule(1f, 10, 5);
        for (var t = 0; t < 5; t++)
            Assert.AreEqual((t + 1) / 10f, schedule.At(t));
    }
}
