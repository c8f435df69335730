using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ImageDecoderTests
{
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
                row[x * channels + c] = c == 3 ? (byte)255 : expected[3 * x + c];
        var decoded = Decoder.Decode(PngFile.Write(3, 1, (byte)colorType, row), "x.png");
        CollectionAssert.AreEqual(expected, decoded.Pixels);
    }

    [TestMethod]
    [DataRow("baseline.jpg", new[] { 0x89, 0xd7, 0xa3 })]
    [DataRow("progressive.jpg", new[] { 0x89, 0xd7, 0xa3 })]
    [DataRow("restart.jpg", new[] { 0x80, 0xcf, 0xb3 })]
    [DataRow("grey.jpg", new[] { 0xba, 0xba, 0xba })]
    public void Jpeg_of_every_kind_becomes_rgb(string name, int[] first)
    {
        var decoded = Decoder.DecodeFile(Path.Combine("References", "images", name));
        Assert.AreEqual((24, 16), (decoded.Width, decoded.Height));
        for (var c = 0; c < 3; c++)
            Assert.AreEqual(first[c], decoded.Pixels[c], 12.0);
    }

    [TestMethod]
    [DataRow(0, 0, "neither JPEG nor PNG", DisplayName = "no signature")]
    [DataRow(3, 0x42, "marker FF42", DisplayName = "unknown marker")]
    [DataRow(162, 12, "12 bits", DisplayName = "12 bits a sample")]
    [DataRow(164, 0, "24 x 0", DisplayName = "no rows")]
    [DataRow(167, 4, "frame header", DisplayName = "wrong component count")]
    [DataRow(169, 0, "sampling", DisplayName = "no sampling factor")]
    [DataRow(170, 3, "without its tables", DisplayName = "no quantization table")]
    [DataRow(182, 200, "Huffman", DisplayName = "too many codes of one length")]
    [DataRow(181, 2, "without its tables", DisplayName = "Huffman table renamed")]
    public void Jpeg_that_would_end_the_process_is_refused(int offset, int value, string found)
    {
        var bytes = File.ReadAllBytes(Path.Combine("References", "images", "baseline.jpg"));
        bytes[offset] = (byte)value;
        var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(bytes, "x.jpg"));
        Assert.Contains(found, error.Message);
    }

    [TestMethod]
    public void Arithmetic_coding_is_refused() => Assert.ThrowsExactly<UnreadableImageException>(
        () => Decoder.DecodeFile(Path.Combine("References", "images", "arithmetic.jpg")));

    [TestMethod]
    [DataRow("baseline.jpg")]
    [DataRow("progressive.jpg")]
    public void A_truncated_jpeg_is_named(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine("References", "images", name));
        for (var length = 3; length < bytes.Length; length += 7)
        {
            var error = Assert.ThrowsExactly<UnreadableImageException>(() => Decoder.Decode(bytes[..length], "dir/x.jpg"));
            Assert.AreEqual("dir/x.jpg", error.File);
            Assert.StartsWith("dir/x.jpg: the JPEG breaks off", error.Message);
        }
    }

    [TestMethod]
    public void Broken_bytes_are_named()
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        var png = encoder.Encode(Noise(40, 40));
        var damaged = png.ToArray();
        damaged[100] ^= 4;
        foreach (var bytes in new[] { [], "no picture at all"u8.ToArray(), png[..(png.Length / 2)], png[..10], damaged })
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
