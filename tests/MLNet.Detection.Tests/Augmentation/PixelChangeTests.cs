using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

/// <summary>Changes of colours and sharpness: boxes stay.</summary>
[TestClass]
public sealed class PixelChangeTests
{
    private static readonly LabeledPicture Picture = Noise(48, 36);

    public static IEnumerable<object[]> Changes =>
        [[new HsvJitter()], [new GaussianBlur(Probability: 1)], [new GaussianNoise(Probability: 1)], [new JpegArtefacts(Probability: 1)]];

    [TestMethod]
    [DynamicData(nameof(Changes))]
    public void PixelsChangeAndBoxesStay(IAugmentation change)
    {
        var before = Picture.Image.Pixels.ToArray();
        var changed = change.Apply(Picture, new Random(3));
        Assert.AreSame(Picture.Boxes, changed.Boxes);
        Assert.AreEqual((48, 36), (changed.Image.Width, changed.Image.Height));
        CollectionAssert.AreNotEqual(before, changed.Image.Pixels);
        CollectionAssert.AreEqual(before, Picture.Image.Pixels);
    }

    [TestMethod]
    public void HueTurnsSaturationAndValueMultiply()
    {
        // Red by a third of the circle is green; by a sixth, yellow.
        CollectionAssert.AreEqual(new byte[] { 0, 200, 0 }, Hsv([200, 0, 0], 1 / 3.0, 1, 1));
        CollectionAssert.AreEqual(new byte[] { 200, 200, 0 }, Hsv([200, 0, 0], 1 / 6.0, 1, 1));
        CollectionAssert.AreEqual(new byte[] { 0, 0, 200 }, Hsv([200, 0, 0], -1 / 3.0, 1, 1));
        CollectionAssert.AreEqual(new byte[] { 200, 150, 150 }, Hsv([200, 100, 100], 0, 0.5, 1));
        CollectionAssert.AreEqual(new byte[] { 100, 50, 75 }, Hsv([200, 100, 150], 0, 1, 0.5));
        CollectionAssert.AreEqual(new byte[] { 90, 90, 90 }, Hsv([90, 90, 90], 0.4, 1.7, 1));
    }

    [TestMethod]
    public void WithoutAChangeHsvGivesThePixelsBack()
    {
        var same = HsvJitter.Change(Picture.Image, 0, 1, 1).Pixels;
        Assert.AreEqual(0, same.Zip(Picture.Image.Pixels).Count(pair => pair.First != pair.Second));
    }

    // The mean stays, and the variance of white noise falls to 1 / (4 pi s^2).
    [TestMethod]
    [DataRow(1.0), DataRow(2.0)]
    public void ABlurKeepsTheMeanAndTakesTheNoise(double deviation)
    {
        var image = Noise(200, 200).Image;
        var blurred = GaussianBlur.Blur(image, deviation);
        double before = image.Pixels.Average(p => (double)p), after = blurred.Pixels.Average(p => (double)p);
        Assert.AreEqual(before, after, 0.6);
        double Variance(byte[] pixels, double mean) => pixels.Average(p => (p - mean) * (p - mean));
        Assert.AreEqual(1 / (4 * Math.PI * deviation * deviation),
            Variance(blurred.Pixels, after) / Variance(image.Pixels, before), 0.12 / (4 * Math.PI * deviation * deviation));
    }

    [TestMethod]
    public void NoiseHasItsDeviation()
    {
        var grey = new LabeledPicture(RgbImage.Filled(200, 200, 128, 128, 128), []);
        var random = new Random(5);
        var deviation = 10 * Second(5);
        var noisy = new GaussianNoise(10, 1).Apply(grey, random).Image.Pixels;
        Assert.AreEqual(128, noisy.Average(p => (double)p), 0.2);
        Assert.AreEqual(deviation, Math.Sqrt(noisy.Average(p => (p - 128.0) * (p - 128.0))), 0.1 * deviation + 0.1);

        static double Second(int seed)
        {
            var random = new Random(seed);
            random.NextDouble();
            return random.NextDouble();
        }
    }

    [TestMethod]
    public void LowQualityIsFarther()
    {
        double Error(int quality) => new JpegArtefacts(quality, quality, 1).Apply(Picture, new Random(1)).Image.Pixels
            .Zip(Picture.Image.Pixels, (x, y) => (double)(x - y) * (x - y)).Average();
        Assert.IsGreaterThan(Error(90), Error(10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new JpegArtefacts(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new GaussianBlur(0));
    }

    private static byte[] Hsv(byte[] color, double turn, double saturation, double value) =>
        HsvJitter.Change(new(1, 1, color), turn, saturation, value).Pixels;

    private static LabeledPicture Noise(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(2).NextBytes(pixels);
        return new(new(width, height, pixels), [new(new(3, 4, 20, 30), 1, 10)]);
    }
}
