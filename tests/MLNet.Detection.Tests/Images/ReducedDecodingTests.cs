using MLNet.Detection.Images;
using SkiaSharp;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ReducedDecodingTests
{
    private static readonly ImageDecoder Full = new();

    [TestMethod]
    public void Without_a_gap_it_is_decoding_and_resizing()
    {
        foreach (var name in new[] { "baseline.jpg", "exif6.jpg", "grey.jpg" })
            foreach (var resize in new ImageResize[] { new(16, 12), new(16, 16, ResizeMode.Letterbox), new(90, 70) })
            {
                var file = File.ReadAllBytes(References.PathOf("images", name));
                var picture = Full.Decode(file, name);
                Same(resize.Apply(picture), Full.DecodeResized(file, name, resize));
                var same = new ImageResize(picture.Width, picture.Height);
                CollectionAssert.AreEqual(picture.Pixels, Full.DecodeResized(file, name, same).Image.Pixels);
            }
    }

    [TestMethod]
    public void A_large_picture_comes_out_nearly_the_same_with_the_same_transform()
    {
        using var reduced = new ImageDecoder(new() { ReducingGap = 1 });
        var file = Photo(808, 600, SKEncodedImageFormat.Jpeg);
        foreach (var resize in new ImageResize[] { new(101, 75), new(96, 96, ResizeMode.Letterbox), new(400, 300) })
        {
            var (expected, actual) = (Full.DecodeResized(file, "x", resize), reduced.DecodeResized(file, "x", resize));
            Assert.AreEqual(expected.Transform, actual.Transform);
            var apart = expected.Image.Pixels.Zip(actual.Image.Pixels, (a, b) => Math.Abs(a - b)).ToArray();
            Assert.IsLessThan(2.0, apart.Average(), $"{resize}");
            Assert.IsGreaterThan(0, apart.Max(), $"{resize}: was decoded in full");
        }
    }

    // 640 x 480 for a network of 320 x 240 is decoded in full by training and scoring.
    [TestMethod]
    public void A_picture_that_is_not_large_enough_is_decoded_in_full()
    {
        using var network = new ImageDecoder(ImageDecoderOptions.Reduced);
        var file = Photo(640, 480, SKEncodedImageFormat.Jpeg);
        var resize = new ImageResize(320, 240);
        Same(Full.DecodeResized(file, "x", resize), network.DecodeResized(file, "x", resize));
        // Reduced columns would reach over the edge.
        var odd = Photo(643, 481, SKEncodedImageFormat.Jpeg);
        Same(Full.DecodeResized(odd, "x", new(40, 30)), network.DecodeResized(odd, "x", new(40, 30)));
        var png = Photo(640, 480, SKEncodedImageFormat.Png);
        Same(Full.DecodeResized(png, "x", new(40, 30)), network.DecodeResized(png, "x", new(40, 30)));
    }

    [TestMethod]
    public void A_picture_on_its_side_is_reduced_by_its_upright_size()
    {
        using var reduced = new ImageDecoder(new() { ReducingGap = 1 });
        var plain = Photo(400, 240, SKEncodedImageFormat.Jpeg);
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = [.. plain[..2], .. exif, .. plain[2..]];
        var (width, height, _) = Full.Decode(file, "x");
        Assert.AreEqual((240, 400), (width, height));
        var resize = new ImageResize(60, 100);
        var (expected, actual) = (Full.DecodeResized(file, "x", resize), reduced.DecodeResized(file, "x", resize));
        Assert.AreEqual(expected.Transform, actual.Transform);
        var apart = expected.Image.Pixels.Zip(actual.Image.Pixels, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.IsLessThan(2.0, apart.Average());
        Assert.IsGreaterThan(0, apart.Max());
    }

    [TestMethod]
    public void A_gap_below_one_is_refused()
    {
        foreach (var gap in new[] { 0.5, 0, -1, double.NaN })
            Assert.Contains("give 1 or more, or null", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => new ImageDecoderOptions { ReducingGap = gap }).Message);
    }

    // Waves of several lengths, without edges that are finer than a pixel.
    private static byte[] Photo(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new SKColor(Wave(x / 9.0), Wave(y / 14.0), Wave((x + y) / 31.0)));
        return bitmap.Encode(format, 90).ToArray();
    }

    private static byte Wave(double phase) => (byte)(127.5 + 127 * Math.Sin(phase));

    private static void Same(ResizedImage expected, ResizedImage actual)
    {
        Assert.AreEqual(expected.Transform, actual.Transform);
        Assert.AreEqual((expected.Image.Width, expected.Image.Height), (actual.Image.Width, actual.Image.Height));
        CollectionAssert.AreEqual(expected.Image.Pixels, actual.Image.Pixels);
    }
}
