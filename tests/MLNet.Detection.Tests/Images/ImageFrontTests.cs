using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tests.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Tests.Images;

[TestClass]
public sealed class ImageFrontTests
{
    private const int Width = 6, Height = 4;

    [TestMethod]
    public void Nothing_before_the_first_layer()
    {
        var front = Read(Fronts.Build(ElementType.Float32, [1, 3, Height, Width], x => x));
        Assert.AreEqual("images", front.Value);
        Assert.IsFalse(front.Normalizes);
        Assert.IsNull(front.InputRange);
        Assert.AreEqual(Normalization.Centered, front.Behind(Normalization.Centered));
    }

    // torchvision: (x - mean) / std on pictures from 0 to 1, without a batch axis.
    [TestMethod]
    public void Mean_and_deviation_on_one_picture_without_batch()
    {
        var front = Read(Fronts.Build(ElementType.Float32, [3, Height, Width], x => Op.Unsqueeze(
            (x - Fronts.Colors(x.Graph, 0.485f, 0.456f, 0.406f)) / Fronts.Colors(x.Graph, 0.229f, 0.224f, 0.225f), 0)));
        Assert.IsTrue(front.Normalizes);
        Assert.AreEqual(Normalization.Unit, front.InputRange);
        Same(Normalization.ImageNet, front.Behind(Normalization.Unit));
    }

    // Keras: bytes, colours last.
    [TestMethod]
    public void Bytes_with_colours_last()
    {
        var front = Read(Fronts.Build(ElementType.UInt8, [1, Height, Width, 3], x => Op.Transpose(
            Op.Cast(x, ElementType.Float32) / 127.5f - 1f, 0, 3, 1, 2)));
        Assert.AreEqual(Normalization.Pixels, front.InputRange);
        Same(new(127.5f, 127.5f), front.Behind(Normalization.Pixels));
    }

    // OpenCV's order: the file turns it round itself.
    [TestMethod]
    public void Colours_in_reverse()
    {
        var front = Read(Fronts.Build(ElementType.Float32, [1, 3, Height, Width], x => Op.Concat(
            [.. Enumerable.Range(0, 3).Select(c => Op.Slice(x, 1, 2 - c, 3 - c) * (c + 1f))], 1)));
        Assert.IsTrue(front.Swapped);
        Same(new(0f, new(255f / 3, 255f / 2, 255f), ChannelOrder.Bgr), front.Behind(Normalization.Unit));
    }

    [TestMethod]
    public void A_mean_in_units_of_pixels_asks_for_pixels()
    {
        var front = Read(Fronts.Build(ElementType.Float32, [1, 3, Height, Width],
            x => x - Fronts.Colors(x.Graph, 123.675f, 116.28f, 103.53f)));
        Assert.AreEqual(Normalization.Pixels, front.InputRange);
        Same(new(new ChannelValues(123.675f, 116.28f, 103.53f), 1f), front.Behind(Normalization.Pixels));
    }

    [TestMethod]
    public void What_is_no_normalisation_is_refused()
    {
        var model = Fronts.Build(ElementType.Float32, [3, Height, Width], x => Op.Unsqueeze(x * x, 0));
        var error = Assert.ThrowsExactly<ModelException>(() => Read(model));
        StringAssert.Contains(error.Message, "'images' Float32 [3, 4, 6]");
        StringAssert.Contains(error.Message, "[batch, 3, height, width]");
    }

    [TestMethod]
    public void The_full_ssdlite_takes_pictures_from_0_to_1()
    {
        var model = OnnxModel.Load(Shared.File("models/ssdlite320_mobilenet_v3_large_full.onnx"));
        var front = ImageFront.Read(model, ImageInput.Read(model), ["/head/classification_head/Concat_12_output_0"]);
        Assert.AreEqual(Normalization.Unit, front.InputRange);
        Same(new(127.5f, 127.5f), front.Behind(Normalization.Unit));
    }

    private static ImageFront Read(OnnxModel model) => ImageFront.Read(model, ImageInput.Read(model), ["head"]);

    private static void Same(Normalization expected, Normalization found)
    {
        Assert.AreEqual(expected.Order, found.Order);
        foreach (var (e, f) in Numbers(expected).Zip(Numbers(found)))
            Assert.AreEqual(e, f, 1e-4 * Math.Max(1, Math.Abs(e)));
    }

    private static float[] Numbers(Normalization n) =>
        [n.Mean.Red, n.Mean.Green, n.Mean.Blue, n.Std.Red, n.Std.Green, n.Std.Blue];
}
