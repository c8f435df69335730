using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class DistributionCoderTests
{
    private static readonly DistributionCoder Coder = new(LastBin: 7);

    [TestMethod]
    public void A_distribution_over_two_bins_decodes_to_the_distance_between_them()
    {
        var truth = new Box(10, 20, 52, 60);
        var (point, stride) = (new Vector2(28, 36), 8f);
        var target = Coder.Encode(truth, point, stride);
        Assert.AreEqual((2.25f, 2f, 3f, 3f), target);
        float[] logits = [.. Bins(target.Left), .. Bins(target.Top), .. Bins(target.Right), .. Bins(target.Bottom)];
        var decoded = Coder.Decode(logits, point, stride);
        Close.To([10, 20, 52, 60], new[] { decoded }, 1e-5, "box");
    }

    [TestMethod]
    public void Equal_logits_mean_the_middle_bin_and_large_ones_do_not_overflow()
    {
        var box = Coder.Decode(new float[32], default, 2f);
        Close.To([-7, -7, 7, 7], new[] { box }, 1e-6, "mean of 0 to 7, times 2");
        var logits = new float[32];
        (logits[3], logits[8], logits[23], logits[31]) = (1e30f, 1e30f, 1e30f, 1e30f);
        Assert.AreEqual(new Box(-3, 0, 7, 7), Coder.Decode(logits, default, 1f));
    }

    [TestMethod]
    public void Targets_stay_within_the_bins()
    {
        var (left, top, right, bottom) = Coder.Encode(new Box(5, -900, 900, 8), new(4, 4), 4f);
        Assert.AreEqual((0f, 6.99f, 6.99f, 1f), (left, top, right, bottom));
        Assert.AreEqual(8, Coder.Bins);
    }

    [TestMethod]
    public void Wrong_lengths_are_named()
    {
        Assert.Contains("31 logits; four sides of 8 bins need 32", Assert.ThrowsExactly<ArgumentException>(
            () => Coder.Decode(new float[31], default, 1f)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DistributionCoder(0));
    }

    // Logits whose softmax gives floor(t) the weight 1 - fraction and the next bin the rest.
    private static float[] Bins(float target)
    {
        var bins = new float[8];
        Array.Fill(bins, -100f);
        var (low, fraction) = ((int)target, target - (int)target);
        bins[low] = MathF.Log(1 - fraction);
        if (fraction > 0)
            bins[low + 1] = MathF.Log(fraction);
        return bins;
    }
}
