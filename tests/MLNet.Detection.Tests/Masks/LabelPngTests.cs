using System.Buffers.Binary;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Masks;

[TestClass]
public class LabelPngTests
{
    [TestMethod]
    public void KeepsTheNumbersOfClassesAndObjects()
    {
        var map = new LabelMap(3, 2, [0, 1, 254, 255, 7, 0]) { Instances = [0, 1, 300, 65535, 2, 0] };
        var (classes, objects) = (LabelPng.Read(LabelPngWriter.Classes(map), "a"), LabelPng.Read(LabelPngWriter.Instances(map), "b"));
        Assert.AreEqual((3, 2, StoredKind.Palette, 8), (classes.Width, classes.Height, classes.Kind, classes.Bits));
        CollectionAssert.AreEqual((int[])[0, 1, 254, 255, 7, 0], classes.Numbers);
        // Pascal VOC's palette: 1 is dark red, 255 nearly white.
        Assert.AreEqual((0x000000, 0x800000, 0xE0E0C0), (classes.Palette[0], classes.Palette[1], classes.Palette[255]));
        Assert.AreEqual((StoredKind.Grey, 16), (objects.Kind, objects.Bits));
        CollectionAssert.AreEqual((int[])[0, 1, 300, 65535, 2, 0], objects.Numbers);
    }

    /// <summary>tests/References/images has the forms that Pillow writes; colours there are those of the decoder.</summary>
    [TestMethod]
    public void ColoursAreThoseOfTheDecoder()
    {
        var path = References.PathOf("segmentation", "images/0.png");
        using var decoder = new ImageDecoder();
        var (image, stored) = (decoder.DecodeFile(path), LabelPng.ReadFile(path));
        Assert.AreEqual(StoredKind.Color, stored.Kind);
        for (var i = 0; i < stored.Numbers.Length; i++)
            Assert.AreEqual(image.Pixels[3 * i] << 16 | image.Pixels[3 * i + 1] << 8 | image.Pixels[3 * i + 2], stored.Numbers[i]);
    }

    [TestMethod]
    public void SaysWhatIsWrong()
    {
        var good = LabelPngWriter.Classes(new(3, 2, new byte[6]));
        StringAssert.Contains(Message([0xFF, 0xD8, 0xFF, 0xE0]), "must be a PNG");
        StringAssert.Contains(Message(good[..^20]), "damaged or breaks off");
        var huge = (byte[])good.Clone();
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(20), 60_000);
        StringAssert.Contains(Message(huge), "60000 x 60000 pixels, more than");
        static string Message(byte[] file) =>
            Assert.ThrowsExactly<UnreadableImageException>(() => LabelPng.Read(file, "mask.png")).Message;
    }
}
