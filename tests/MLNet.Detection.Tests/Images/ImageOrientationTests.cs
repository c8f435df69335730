using System.Security.Cryptography;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ImageOrientationTests
{
    private static readonly string References = Path.Combine(AppContext.BaseDirectory, "References", "images");

    public static IEnumerable<object[]> Orientations =>
        File.ReadAllLines(Path.Combine(References, "orientation.sha256")).Select(line => line.Split(' '))
            .Select(f => new object[] { f[0], int.Parse(f[1]), int.Parse(f[2]), int.Parse(f[3]) });

    [TestMethod]
    [DynamicData(nameof(Orientations))]
    public void Pictures_come_out_as_Pillow_turns_them(string hash, int orientation, int width, int height)
    {
        using var upright = new ImageDecoder();
        using var asStored = new ImageDecoder(new() { ApplyOrientation = false });
        var stored = upright.DecodeFile(Path.Combine(References, "baseline.jpg"));
        foreach (var little in new[] { true, false })
            foreach (var file in new[] { Jpeg(orientation, little), Png(stored, orientation, little) })
            {
                var turned = upright.Decode(file, "x");
                Assert.AreEqual((width, height), (turned.Width, turned.Height));
                Assert.AreEqual(hash, Convert.ToHexStringLower(SHA256.HashData(turned.Pixels)));
                CollectionAssert.AreEqual(stored.Pixels, asStored.Decode(file, "x").Pixels);

                var header = ImageHeader.Read(new MemoryStream(file), "x");
                Assert.AreEqual(new ImageHeader(37, 29, (ImageOrientation)orientation), header);
                Assert.AreEqual((width, height), (header.Width, header.Height));
            }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(9)]
    public void An_orientation_that_does_not_exist_is_none(int orientation) =>
        Assert.AreEqual(ImageOrientation.TopLeft,
            ImageHeader.Read(new MemoryStream(Jpeg(orientation, little: true)), "x").Orientation);

    [TestMethod]
    public void Damaged_exif_data_never_give_an_error()
    {
        var whole = Jpeg(6, little: true);
        var random = new Random(5);
        using var decoder = new ImageDecoder();
        for (var n = 0; n < 2000; n++)
        {
            var bytes = whole.ToArray();
            for (var k = random.Next(1, 5); k > 0; k--)
                bytes[12 + random.Next(24)] = (byte)random.Next(256);   // inside the TIFF header and its directory
            Assert.AreEqual(37 * 29 * 3, decoder.Decode(bytes, "x").Pixels.Length);
        }
    }

    [TestMethod]
    public void A_bomb_is_refused_before_it_is_decoded()
    {
        using var decoder = new ImageDecoder();
        var png = PngFile.Write(60_000, 60_000, 2, new byte[60_000]);
        var jpeg = File.ReadAllBytes(Path.Combine(References, "baseline.jpg"));
        for (var side = 163; side <= 165; side += 2)
            (jpeg[side], jpeg[side + 1]) = (60_000 >> 8, 60_000 & 255);
        foreach (var bomb in new[] { png, jpeg })
        {
            var error = Assert.ThrowsExactly<UnreadableImageException>(() => decoder.Decode(bomb, "bomb"));
            Assert.StartsWith("bomb: the ", error.Message);
            Assert.Contains("60000 x 60000 pixels, more than the 178,956,970 of ImageDecoderOptions.MaxPixels",
                error.Message);
        }
        using var small = new ImageDecoder(new() { MaxPixels = 37 * 29 - 1 });
        var path = Path.Combine(References, "baseline.jpg");
        Assert.ThrowsExactly<UnreadableImageException>(() => small.DecodeFile(path));
    }

    [TestMethod]
    public void Headers_that_break_off_are_named()
    {
        var jpeg = File.ReadAllBytes(Path.Combine(References, "baseline.jpg"));
        var png = PngFile.Write(3, 1, 2, new byte[9]);
        foreach (var bytes in new[] { [], "GIF89a"u8.ToArray(), "II*\0"u8.ToArray(), jpeg[..5], jpeg[..100], png[..20] })
        {
            var error = Assert.ThrowsExactly<UnreadableImageException>(
                () => ImageHeader.Read(new MemoryStream(bytes), "dir/x"));
            Assert.StartsWith("dir/x: the ", error.Message);
        }
        Assert.ThrowsExactly<UnreadableImageException>(() => ImageHeader.ReadFile("no-such.jpg"));
    }

    // A TIFF file of one entry: the orientation, a short.
    private static byte[] Exif(int orientation, bool little) => little
        ? [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0]
        : [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0];

    private static byte[] Jpeg(int orientation, bool little)
    {
        var file = File.ReadAllBytes(Path.Combine(References, "baseline.jpg"));
        byte[] content = [.. "Exif\0\0"u8, .. Exif(orientation, little)];
        return [.. file[..2], 0xFF, 0xE1, 0, (byte)(content.Length + 2), .. content, .. file[2..]];
    }

    private static byte[] Png(RgbImage image, int orientation, bool little) =>
        PngFile.Write(image.Width, image.Height, 2, image.Pixels, Exif(orientation, little));
}
