using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class ColorJitterTests
{
    private static readonly RgbImage Image = new(2, 1, [100, 200, 50, 10, 10, 10]);

    [TestMethod]
    [DataRow(1f, 1f, 1f, new byte[] { 100, 200, 50, 10, 10, 10 }, DisplayName = "nothing")]
    [DataRow(1.5f, 1f, 1f, new byte[] { 150, 255, 75, 15, 15, 15 }, DisplayName = "brighter, clipped")]
    [DataRow(1f, 0.5f, 1f, new byte[] { 114, 164, 89, 69, 69, 69 }, DisplayName = "less contrast")]
    [DataRow(1f, 2f, 1f, new byte[] { 72, 255, 0, 0, 0, 0 }, DisplayName = "more contrast, clipped")]
    // luma = 29.9 + 117.4 + 5.7 = 153
    [DataRow(1f, 1f, 0f, new byte[] { 153, 153, 153, 10, 10, 10 }, DisplayName = "grey")]
    [DataRow(1f, 1f, 0.5f, new byte[] { 127, 177, 102, 10, 10, 10 }, DisplayName = "paler")]
    public void Factors_have_the_exact_values(float brightness, float contrast, float saturation, byte[] expected) =>
        CollectionAssert.AreEqual(expected, ColorJitter.Change(Image, brightness, contrast, saturation).Pixels);

    [TestMethod]
    public void The_seed_decides_and_the_input_stays()
    {
        var picture = new LabeledPicture(Image, []);
        byte[] Run(int seed) => new ColorJitter().Apply(picture, new Random(seed)).Image.Pixels;
        CollectionAssert.AreEqual(Run(1), Run(1));
        CollectionAssert.AreNotEqual(Run(1), Run(2));
        CollectionAssert.AreEqual(new byte[] { 100, 200, 50, 10, 10, 10 }, Image.Pixels);
        CollectionAssert.AreEqual(Image.Pixels, new ColorJitter(0, 0, 0).Apply(picture, new Random(1)).Image.Pixels);
    }
}
