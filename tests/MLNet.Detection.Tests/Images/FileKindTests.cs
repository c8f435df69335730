using System.Security.Cryptography;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using SkiaSharp;

namespace MLNet.Detection.Tests.Images;

/// <summary>Kinds of files beside the plain JPEG and PNG.</summary>
[TestClass]
public sealed class FileKindTests
{
    private static readonly ImageDecoder Decoder = new();

    [TestMethod]
    [DataRow("grey8")]
    [DataRow("rgb")]
    [DataRow("rgba")]
    public void An_interlaced_png_has_the_pixels_of_its_plain_twin(string name)
    {
        var plain = Decoder.DecodeFile(References.PathOf("images/interlaced", $"{name}.png"));
        var interlaced = Decoder.DecodeFile(References.PathOf("images/interlaced", $"{name}_i.png"));
        Assert.AreEqual((97, 61), (interlaced.Width, interlaced.Height));
        CollectionAssert.AreEqual(plain.Pixels, interlaced.Pixels);
        Assert.IsGreaterThan(50, plain.Pixels.Distinct().Count());
    }

    [TestMethod]
    public void Sixteen_bits_become_the_upper_eight()
    {
        var file = PngFile.Write(2, 1, 2, [1, 200, 2, 100, 3, 50, 250, 1, 251, 2, 252, 3], bits: 16);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 250, 251, 252 }, Decoder.Decode(file, "x.png").Pixels);
    }

    // Adobe stores inks inverted: red = C' K' / 255, green and blue likewise.
    [TestMethod]
    public void Four_inks_become_rgb()
    {
        var picture = Decoder.Decode(FlatJpeg.Cmyk(200, 100, 50, 220), "cmyk.jpg");
        Assert.AreEqual((8, 8), (picture.Width, picture.Height));
        for (var i = 0; i < picture.Pixels.Length; i++)
            Assert.AreEqual(new[] { 200, 100, 50 }[i % 3] * 220 / 255.0, picture.Pixels[i], 1.0);
    }

    // YCCK: Y 200 with the colours at their middle is ink 255 - 200 in all three.
    [TestMethod]
    public void Four_inks_in_YCCK_become_rgb()
    {
        foreach (var value in Decoder.Decode(FlatJpeg.Ycck(200, 128, 128, 220), "ycck.jpg").Pixels)
            Assert.AreEqual(55 * 220 / 255.0, value, 1.0);
    }

    [TestMethod]
    public void Every_kind_has_the_pixels_of_Pillow()
    {
        var lines = File.ReadAllLines(References.PathOf("images/kinds", "pixels.sha256"));
        Assert.HasCount(10, lines);
        using var stored = new ImageDecoder(new() { ApplyOrientation = false });
        foreach (var line in lines)
        {
            var (hash, name) = (line.Split(' ')[0], line.Split(' ')[1]);
            var path = References.PathOf("images/kinds", name);
            Assert.AreEqual(hash, Convert.ToHexStringLower(SHA256.HashData(stored.DecodeFile(path).Pixels)), name);
            var orientation = name == "exif.webp" ? ImageOrientation.RightTop : ImageOrientation.TopLeft;
            Assert.AreEqual(new ImageHeader(45, 31, orientation), ImageHeader.ReadFile(path), name);
            Assert.AreEqual(name == "exif.webp" ? (31, 45) : (45, 31), Size(Decoder.DecodeFile(path)), name);
        }
    }

    // Two frames of 3 x 2 pixels; the second is of one colour.
    [TestMethod]
    public void Of_a_moving_gif_the_first_frame_is_taken()
    {
        var file = Convert.FromBase64String(
            "R0lGODlhAwACAJEAAP8AAAD/AAAA/wkIByH5BAQKAAAALAAAAAADAAIAAAIFBENxBFMAIfkEBAoAAAAsAAAAAAMA"
            + "AgAAAgUcx3EcVwA7");
        var picture = Decoder.Decode(file, "x.gif");
        Assert.AreEqual((3, 2), (picture.Width, picture.Height));
        CollectionAssert.AreEqual(
            new byte[] { 255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7, 255, 0, 0, 0, 255, 0 }, picture.Pixels);
        Assert.AreEqual(new(3, 2, ImageOrientation.TopLeft), ImageHeader.Read(new MemoryStream(file), "x"));
    }

    // Rows from the bottom, blue first, each filled up to four bytes.
    [TestMethod]
    public void A_bmp_is_decoded()
    {
        byte[] header = [(byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0,
            1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] file = [.. header, 9, 8, 7, 12, 11, 10, 0, 0, 3, 2, 1, 6, 5, 4, 0, 0];
        CollectionAssert.AreEqual(
            new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, Decoder.Decode(file, "x.bmp").Pixels);
        Assert.AreEqual(new(2, 2, ImageOrientation.TopLeft), ImageHeader.Read(new MemoryStream(file), "x"));
        Broken(file[..^8], "BMP");
    }

    [TestMethod]
    public void A_lossless_webp_comes_back_exactly_and_half_of_it_is_refused()
    {
        var pixels = new byte[4 * 20 * 10];
        new Random(3).NextBytes(pixels);
        for (var i = 3; i < pixels.Length; i += 4)
            pixels[i] = 255;
        using var bitmap = new SKBitmap(new SKImageInfo(20, 10, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using var map = bitmap.PeekPixels();
        var file = map.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100)).ToArray();
        CollectionAssert.AreEqual(
            pixels.Where((_, i) => i % 4 != 3).ToArray(), Decoder.Decode(file, "x.webp").Pixels);
        Assert.AreEqual(new(20, 10, ImageOrientation.TopLeft), ImageHeader.Read(new MemoryStream(file), "x"));
        Broken(file[..(file.Length / 2)], "WebP");
    }

    [TestMethod]
    public void A_bad_picture_is_known_by_its_name_and_reason()
    {
        var folder = SharedFolder.Require("cases", "75-bad-pictures", "images");
        foreach (var (name, width, height) in new[] { ("a0.jpg", 640, 480), ("cmyk.jpg", 97, 61), ("rgb_i.png", 97, 61) })
            Assert.AreEqual((width, height), Size(Decoder.DecodeFile(Path.Combine(folder, name))), name);
        var path = Path.Combine(folder, "empty.jpg");
        Assert.StartsWith($"{path}: the image file is empty.",
            Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.DecodeFile(path)).Message);
    }

    private static (int, int) Size(RgbImage image) => (image.Width, image.Height);

    private static void Broken(byte[] file, string format)
    {
        var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(file, "dir/x"));
        Assert.AreEqual("dir/x", error.File);
        Assert.StartsWith($"dir/x: the {format} ", error.Message);
    }
}
