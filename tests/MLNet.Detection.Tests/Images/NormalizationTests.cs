using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class NormalizationTests
{
    private static readonly RgbImage Image = new(2, 1, [10, 20, 30, 40, 50, 255]);

    [TestMethod]
    public void Writes_planes_in_the_wanted_order()
    {
        var planes = new float[6];
        var mean = new ChannelValues(10, 20, 30);
        new Normalization(mean, new(2, 4, 5)).Write(Image, planes);
        CollectionAssert.AreEqual(new[] { 0f, 15, 0, 7.5f, 0, 45 }, planes);
        new Normalization(mean, new(2, 4, 5), ChannelOrder.Bgr).Write(Image, planes);
        CollectionAssert.AreEqual(new[] { 0f, 45, 0, 7.5f, 0, 15 }, planes);
    }

    // Sixteen pixels are written at a time; what is left over comes out the same to the bit.
    [TestMethod]
    [DataRow(1), DataRow(15), DataRow(16), DataRow(17), DataRow(48), DataRow(101)]
    public void Planes_of_any_length_are_the_formula_to_the_bit(int pixels)
    {
        var bytes = new byte[3 * pixels];
        new Random(pixels).NextBytes(bytes);
        var planes = new float[3 * pixels];
        Normalization.ImageNet.Write(new(pixels, 1, bytes), planes);
        var (mean, std) = (Normalization.ImageNet.Mean, Normalization.ImageNet.Std);
        for (var i = 0; i < pixels; i++)
        {
            Assert.AreEqual((bytes[3 * i] - mean.Red) / std.Red, planes[i]);
            Assert.AreEqual((bytes[3 * i + 1] - mean.Green) / std.Green, planes[pixels + i]);
            Assert.AreEqual((bytes[3 * i + 2] - mean.Blue) / std.Blue, planes[2 * pixels + i]);
        }
    }

    [TestMethod]
    public void Named_ones_are_what_they_say()
    {
        var planes = new float[6];
        Normalization.Centered.Write(Image, planes);
        Assert.AreEqual((10f - 127) / 128, planes[0]);
        Assert.AreEqual(1f, planes[5]);
        Normalization.Unit.Write(Image, planes);
        Assert.AreEqual(1f, planes[5]);
        Normalization.ImageNet.Write(Image, planes);
        Assert.AreEqual((10f / 255 - 0.485f) / 0.229f, planes[0], 1e-5f);
        Assert.AreEqual((255f / 255 - 0.406f) / 0.225f, planes[5], 1e-5f);
    }

    [TestMethod]
    public void A_span_of_another_length_is_refused() =>
        Assert.ThrowsExactly<ArgumentException>(() => Normalization.Unit.Write(Image, new float[5]));
}
