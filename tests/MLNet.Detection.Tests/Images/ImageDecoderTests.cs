using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ImageDecoderTests
{
    private static readonly string References = Path.Combine(AppContext.BaseDirectory, "References", "images");
    private static readonly ImageDecoder Decoder = new();

    [TestMethod]
    public void Png_comes_back_exactly()
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        var image = Noise(13, 7);
        var encoded = encoder.Encode(image);

        CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, encoded[..4]);
        var decoded = Decoder.Decode(encoded, "x.png");
        Assert.AreEqual((13, 7), (decoded.Width, decoded.Height));
        CollectionAssert.AreEqual(image.Pixels, decoded.Pixels);
    }

    [TestMethod]
    public void Jpeg_comes_back_nearly_and_red_stays_red()
    {
        using var encoder = new ImageEncoder(ImageFormat.Jpeg);
        var encoded = encoder.Encode(RgbImage.Filled(32, 16, 200, 40, 10));
        CollectionAssert.AreEqual(new byte[] { 0xFF, 0xD8 }, encoded[..2]);
        var decoded = Decoder.Decode(encoded, "x.jpg");
        Assert.AreEqual((32, 16), (decoded.Width, decoded.Height));
        for (var i = 0; i < decoded.Pixels.Length; i++)
            Assert.AreEqual(new[] { 200, 40, 10 }[i % 3], decoded.Pixels[i], 4.0);
    }

    [TestMethod]
    [DataRow(0, 1, new byte[] { 0, 0, 0, 128, 128, 128, 255, 255, 255 }, DisplayName = "grey")]
    [DataRow(2, 3, new byte[] { 1, 2, 3, 128, 129, 130, 255, 254, 253 }, DisplayName = "colour")]
    [DataRow(6, 4, new byte[] { 1, 2, 3, 128, 129, 130, 255, 254, 253 }, DisplayName = "transparent")]
    public void Png_of_every_colour_type_becomes_rgb(int colorType, int channels, byte[] expected)
    {
        var row = new byte[3 * channels];
        for (var x = 0; x < 3; x++)
            for (var c = 0; c < channels; c++)
                row[x * channels + c] = c == 3 ? (byte)(7 * x) : expected[3 * x + c];
        var decoded = Decoder.Decode(PngFile.Write(3, 1, (byte)colorType, row), "x.png");
        CollectionAssert.AreEqual(expected, decoded.Pixels);
    }

    [TestMethod]
    public void Jpeg_of_every_kind_has_the_pixels_of_libjpeg_turbo()
    {
        var lines = File.ReadAllLines(Path.Combine(References, "pixels.sha256"));
        Assert.HasCount(9, lines);
        foreach (var line in lines)
        {
            var (hash, name) = (line.Split(' ')[0], line.Split(' ')[1]);
            var decoded = Decoder.DecodeFile(Path.Combine(References, name));
            Assert.AreEqual((37, 29), (decoded.Width, decoded.Height));
            Assert.AreEqual(hash, Convert.ToHexStringLower(SHA256.HashData(decoded.Pixels)), name);
        }
    }

    [TestMethod]
    public void Jpeg_of_every_size_has_the_pixels_of_libjpeg_turbo()
    {
        using var pictures = ZipFile.OpenRead(Path.Combine(References, "sizes.zip"));
        var lines = Encoding.ASCII.GetString(Bytes("pixels.sha256")).Trim().Split('\n');
        Assert.HasCount(54, lines);
        foreach (var line in lines)
        {
            var (hash, name) = (line.Split(' ')[0], line.Split(' ')[1]);
            var decoded = Decoder.Decode(Bytes(name), name);
            Assert.AreEqual(hash, Convert.ToHexStringLower(SHA256.HashData(decoded.Pixels)), name);
        }

        byte[] Bytes(string name)
        {
            using var stream = pictures.GetEntry(name)!.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
    }

    [TestMethod]
    [DataRow(0, 0, "none of JPEG, PNG, WebP, GIF and BMP", DisplayName = "no signature")]
    [DataRow(162, 12, "cannot be decoded", DisplayName = "12 bits a sample")]
    [DataRow(164, 0, "cannot be decoded", DisplayName = "no rows")]
    [DataRow(167, 4, "cannot be decoded", DisplayName = "wrong component count")]
    [DataRow(169, 0, "cannot be decoded", DisplayName = "no sampling factor")]
    [DataRow(170, 3, "cannot be decoded", DisplayName = "no quantization table")]
    [DataRow(182, 200, "cannot be decoded", DisplayName = "too many codes of one length")]
    public void Broken_jpeg_headers_are_named(int offset, int value, string found)
    {
        var bytes = File.ReadAllBytes(Path.Combine(References, "baseline.jpg"));
        bytes[offset] = (byte)value;
        var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(bytes, "x.jpg"));
        Assert.StartsWith("x.jpg: the ", error.Message);
        Assert.Contains(found, error.Message);
    }

    [TestMethod]
    [DataRow("baseline.jpg")]
    [DataRow("progressive.jpg")]
    public void A_truncated_jpeg_is_named(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(References, name));
        for (var length = 3; length < bytes.Length - 4; length += 7)
        {
            var error = Assert.ThrowsExactly<UnreadableImageException>(() =>
                Decoder.Decode(bytes[..length], "dir/x.jpg"));
            Assert.AreEqual("dir/x.jpg", error.File);
            Assert.StartsWith("dir/x.jpg: the ", error.Message);
            Assert.IsTrue(error.Message.Contains("breaks off") || error.Message.Contains("cannot be decoded"), error.Message);
        }
    }

    [TestMethod]
    public void A_jpeg_without_its_end_marker_breaks_off()
    {
        var bytes = File.ReadAllBytes(Path.Combine(References, "baseline.jpg"));
        Assert.Contains("the JPEG breaks off before the picture is complete",
            Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(bytes[..^2], "x")).Message);
    }

    [TestMethod]
    [DataRow("baseline.jpg")]
    [DataRow("progressive.jpg")]
    [DataRow("422_restart.jpg")]
    public void Random_damage_never_gives_another_error(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(References, name));
        var random = new Random(11);
        int good = 0, refused = 0;
        for (var n = 0; n < 3000; n++)
        {
            var bytes = whole.ToArray();
            for (var k = random.Next(1, 5); k > 0; k--)
                bytes[random.Next(3, bytes.Length)] = (byte)random.Next(256);
            try
            {
                Decoder.Decode(bytes, "x.jpg");
                good++;
            }
            catch (UnreadableImageException)
            {
                refused++;
            }
        }
        Assert.IsGreaterThan(0, good);
        Assert.IsGreaterThan(500, refused);
    }

    [TestMethod]
    public void Broken_bytes_are_named()
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        var png = encoder.Encode(Noise(40, 40));
        var damaged = png.ToArray();
        damaged[100] ^= 4;
        byte[][] broken = [[], "no picture at all"u8.ToArray(), png[..(png.Length / 2)], png[..10], damaged];
        foreach (var bytes in broken)
        {
            var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(bytes, "dir/broken.png"));
            Assert.AreEqual("dir/broken.png", error.File);
            Assert.StartsWith("dir/broken.png: the ", error.Message);
        }
    }

    [TestMethod]
    public void Files_are_read_and_missing_ones_named()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new ImageEncoder(ImageFormat.Png);
        File.WriteAllBytes(folder.File("a.png"), encoder.Encode(Noise(5, 4)));
        Assert.AreEqual(5, Decoder.DecodeFile(folder.File("a.png")).Width);
        var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.DecodeFile(folder.File("b.png")));
        Assert.Contains("b.png", error.Message);
    }

    [TestMethod]
    public void Threads_may_share_a_decoder()
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        var images = Enumerable.Range(1, 20).Select(n => Noise(n + 3, 9)).ToArray();
        var files = images.Select(encoder.Encode).ToArray();
        Parallel.For(0, 200, i =>
            CollectionAssert.AreEqual(images[i % 20].Pixels, Decoder.Decode(files[i % 20], "x").Pixels));
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = RgbImage.Filled(width, height, 0, 0, 0);
        new Random(width).NextBytes(image.Pixels);
        return image;
    }
}
