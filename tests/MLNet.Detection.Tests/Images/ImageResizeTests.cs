using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ImageResizeTests
{
    [TestMethod]
    public void Half_size_is_the_mean_of_each_block_rounded_half_up()
    {
        var image = Noise(64, 48);
        var half = new ImageResize(32, 24).Apply(image).Image;
        for (var y = 0; y < 24; y++)
            for (var i = 0; i < 96; i++)
            {
                var left = 6 * (i / 3) + i % 3;
                var sum = image.Row(2 * y)[left] + image.Row(2 * y)[left + 3]
                    + image.Row(2 * y + 1)[left] + image.Row(2 * y + 1)[left + 3];
                Assert.AreEqual((sum + 2) / 4, half.Row(y)[i]);
            }
    }

    [TestMethod]
    [DataRow(3, 3)]
    [DataRow(4, 2)]
    public void Whole_factors_are_the_mean_of_each_block(int factorX, int factorY)
    {
        var image = Noise(5 * factorX, 4 * factorY);
        var small = new ImageResize(5, 4).Apply(image).Image;
        for (var y = 0; y < 4; y++)
            for (var i = 0; i < 15; i++)
            {
                var sum = 0;
                for (var dy = 0; dy < factorY; dy++)
                    for (var dx = 0; dx < factorX; dx++)
                        sum += image.Row(y * factorY + dy)[3 * (i / 3 * factorX + dx) + i % 3];
                Assert.AreEqual(Math.Floor((double)sum / (factorX * factorY) + 0.5), small.Row(y)[i], 1e-9);
            }
    }

    [TestMethod]
    // 3 pixels to 2: (2 a + b) / 3 and (b + 2 c) / 3.
    [DataRow(new byte[] { 30, 60, 240 }, new byte[] { 40, 180 })]
    // 2 to 4, centres at -0.25, 0.25, 0.75, 1.25: a, (3 a + b) / 4, (a + 3 b) / 4, b.
    [DataRow(new byte[] { 10, 50 }, new byte[] { 10, 20, 40, 50 })]
    [DataRow(new byte[] { 10, 51 }, new byte[] { 10, 20, 41, 51 })]
    [DataRow(new byte[] { 10 }, new byte[] { 10, 10, 10 })]
    [DataRow(new byte[] { 10, 20, 30, 41 }, new byte[] { 25 })]
    public void Rows_and_columns_have_the_exact_values(byte[] from, byte[] to)
    {
        var across = new ImageResize(to.Length, 1).Apply(Grey(from, from.Length, 1)).Image;
        CollectionAssert.AreEqual(Grey(to, to.Length, 1).Pixels, across.Pixels);
        var down = new ImageResize(1, to.Length).Apply(Grey(from, 1, from.Length)).Image;
        CollectionAssert.AreEqual(Grey(to, 1, to.Length).Pixels, down.Pixels);
    }

    [TestMethod]
    public void A_plain_colour_stays_itself_at_any_size()
    {
        var image = RgbImage.Filled(37, 23, 255, 128, 1);
        foreach (var (width, height) in new[] { (1, 1), (13, 50), (36, 22), (64, 7), (37, 23) })
            CollectionAssert.AreEqual(
                RgbImage.Filled(width, height, 255, 128, 1).Pixels,
                new ImageResize(width, height).Apply(image).Image.Pixels);
    }

    [TestMethod]
    public void Stretch_maps_boxes_by_both_factors()
    {
        var transform = new ImageResize(320, 120).Apply(RgbImage.Filled(640, 480, 0, 0, 0)).Transform;
        Assert.AreEqual(new ResizeTransform(0.5f, 0.25f), transform);
        Assert.AreEqual(new Box(5, 5, 20, 30), transform.ToNetwork(new Box(10, 20, 40, 120)));
        Assert.AreEqual(new Box(10, 20, 40, 120), transform.ToOriginal(new Box(5, 5, 20, 30)));
    }

    [TestMethod]
    [DataRow(640, 480, 320, 320, 320, 240, 0, 40)]
    [DataRow(480, 640, 320, 320, 240, 320, 40, 0)]
    [DataRow(100, 33, 64, 64, 64, 21, 0, 21)]
    [DataRow(1000, 1, 64, 64, 64, 1, 0, 31)]
    public void Letterbox_keeps_the_aspect_and_centres(
        int width, int height, int toWidth, int toHeight, int innerWidth, int innerHeight, int left, int top)
    {
        var resize = new ImageResize(toWidth, toHeight, ResizeMode.Letterbox, Fill: 7);
        var (image, transform) = resize.Apply(RgbImage.Filled(width, height, 200, 200, 200));

        Assert.AreEqual(resize.TransformFor(width, height), transform);
        Assert.AreEqual((toWidth, toHeight), (image.Width, image.Height));
        for (var y = 0; y < toHeight; y++)
            for (var x = 0; x < toWidth; x++)
            {
                var inside = x >= left && x < left + innerWidth && y >= top && y < top + innerHeight;
                Assert.AreEqual(inside ? 200 : 7, image.Row(y)[3 * x]);
            }
        AssertClose(new Box(left, top, left + innerWidth, top + innerHeight),
            transform.ToNetwork(new Box(0, 0, width, height)));
    }

    [TestMethod]
    public void Boxes_come_back_from_a_letterbox()
    {
        var random = new Random(3);
        for (var n = 0; n < 50; n++)
        {
            var transform = new ImageResize(320, 256, ResizeMode.Letterbox).TransformFor(
                random.Next(1, 900), random.Next(1, 900));
            var box = new Box(random.Next(100), random.Next(100), random.Next(100, 900), random.Next(100, 900));
            AssertClose(box, transform.ToOriginal(transform.ToNetwork(box)));
        }
    }

    [TestMethod]
    public void Sizes_are_positive()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageResize(0, 4));
        Assert.ThrowsExactly<ArgumentException>(() => new RgbImage(2, 2, new byte[11]));
    }

    private static void AssertClose(Box expected, Box actual)
    {
        Assert.AreEqual(expected.X0, actual.X0, 1e-2f);
        Assert.AreEqual(expected.Y0, actual.Y0, 1e-2f);
        Assert.AreEqual(expected.X1, actual.X1, 1e-2f);
        Assert.AreEqual(expected.Y1, actual.Y1, 1e-2f);
    }

    private static RgbImage Grey(byte[] values, int width, int height) =>
        new(width, height, [.. values.SelectMany(value => new[] { value, value, value })]);

    private static RgbImage Noise(int width, int height)
    {
        var image = RgbImage.Filled(width, height, 0, 0, 0);
        new Random(1).NextBytes(image.Pixels);
        return image;
    }
}
