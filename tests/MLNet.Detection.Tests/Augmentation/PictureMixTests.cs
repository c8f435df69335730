using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class PictureMixTests
{
    [TestMethod]
    public void A_mosaic_holds_four_pictures_around_a_point()
    {
        LabeledPicture[] pictures =
            [.. new byte[] { 10, 20, 30, 40 }.Select((grey, i) => Plain(40 + 9 * i, 50 - 7 * i, grey))];
        var mosaic = new Mosaic(32, 24).Apply(pictures[0], pictures[1..], new Random(3));
        Assert.AreEqual((32, 24), (mosaic.Image.Width, mosaic.Image.Height));
        byte At(int x, int y) => mosaic.Image.Row(y)[3 * x];
        CollectionAssert.AreEqual(new byte[] { 10, 20, 30, 40 }, new[] { At(0, 0), At(31, 0), At(0, 23), At(31, 23) });
        var (splitX, splitY) = (Enumerable.Range(0, 32).First(x => At(x, 0) == 20),
            Enumerable.Range(0, 24).First(y => At(0, y) == 30));
        Assert.IsTrue(splitX is >= 8 and <= 24 && splitY is >= 6 and <= 18, $"{splitX}, {splitY}");
        // The box of each picture is all of it: its quarter of the mosaic.
        CollectionAssert.AreEqual(
            new Box[] { new(0, 0, splitX, splitY), new(splitX, 0, 32, splitY), new(0, splitY, splitX, 24),
                new(splitX, splitY, 32, 24) },
            mosaic.Boxes.Select(label => label.Box).ToArray());
        CollectionAssert.AreEqual(new[] { 10, 20, 30, 40 }, mosaic.Boxes.Select(label => label.Category).ToArray());
        Assert.AreSame(pictures[0], new Mosaic(32, 24, Probability: 0).Apply(pictures[0], pictures[1..], new(3)));
    }

    [TestMethod]
    public void MixUp_lays_two_pictures_over_each_other()
    {
        var (first, second) = (Plain(4, 2, 200), Plain(2, 3, 100));
        var mixed = new MixUp().Apply(first, [second], new Random(1));
        Assert.AreEqual((4, 3), (mixed.Image.Width, mixed.Image.Height));
        var l = (mixed.Image.Pixels[0] - 100) / 100f;
        Assert.IsTrue(l is > 0 and < 1, $"{l}");
        Assert.AreEqual(200 * l + 114 * (1 - l), mixed.Image.Row(0)[9], 1f);
        Assert.AreEqual(114 * l + 100 * (1 - l), mixed.Image.Row(2)[0], 1f);
        CollectionAssert.AreEqual(
            new[] { first.Boxes[0], second.Boxes[0] }, mixed.Boxes.ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MixUp(Alpha: 0.5));
    }

    // Mean and variance of Beta(a, a): 1/2 and 1 / (4 (2 a + 1)).
    [TestMethod]
    [DataRow(1.0), DataRow(1.5), DataRow(8.0)]
    public void Shares_follow_the_beta_distribution(double alpha)
    {
        var (black, white, random) = (Plain(1, 1, 0), Plain(1, 1, 255), new Random(5));
        double[] shares = [.. Enumerable.Range(0, 20000)
            .Select(_ => new MixUp(alpha).Apply(white, [black], random).Image.Pixels[0] / 255.0)];
        Assert.AreEqual(0.5, shares.Average(), 0.01);
        var variance = shares.Average(share => (share - 0.5) * (share - 0.5));
        Assert.AreEqual(1 / (4 * (2 * alpha + 1)), variance, 0.003);
    }

    private static LabeledPicture Plain(int width, int height, byte grey) => new(
        RgbImage.Filled(width, height, grey, grey, grey), [new(new(0, 0, width, height), grey, width * height)]);
}
