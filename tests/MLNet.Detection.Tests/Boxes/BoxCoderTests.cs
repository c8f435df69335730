using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class BoxCoderTests
{
    private const string Group = "09_matching";

    private static IEnumerable<object[]> Encodings => References.Named(Group, "boxcoder_encode");

    private static IEnumerable<object[]> Decodings => References.Named(Group, "boxcoder_decode");

    private static IEnumerable<object[]> ClassDecodings => References.Named(Group, "boxcoder_decode_multiclass");

    private static IEnumerable<object[]> SsdEncodings => References.Named(Group, "ssd_encode");

    private static IEnumerable<object[]> SsdDecodings => References.Named(Group, "ssd_decode");

    private static IEnumerable<object[]> KerasDecodings => References.Named(Group, "keras_decode");

    [TestMethod, DynamicData(nameof(Encodings))]
    public void Encodes(object row)
    {
        var reference = (ReferenceCase)row;
        var deltas = Encode(CoderOf(reference), reference.Boxes("reference_boxes"), reference.Boxes("proposals"));
        Close.To(reference.Value(), deltas, 3e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(Decodings))]
    public void Decodes(object row)
    {
        var reference = (ReferenceCase)row;
        var boxes = Decode(CoderOf(reference), reference.Floats("rel_codes"), reference.Boxes("boxes"));
        Close.To(reference.Value(), boxes, 3e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(ClassDecodings))]
    public void DecodesOneBoxAClass(object row)
    {
        var reference = (ReferenceCase)row;
        var classes = reference.Shape("rel_codes")[1] / 4;
        var anchors = reference.Boxes("boxes").SelectMany(b => Enumerable.Repeat(b, classes)).ToArray();
        var boxes = Decode(CoderOf(reference), reference.Floats("rel_codes"), anchors);
        Close.To(reference.Value(), boxes, 3e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(SsdEncodings))]
    public void EncodesWithVariances(object row)
    {
        var reference = (ReferenceCase)row;
        var priors = BoxConversion.ToBoxes(reference.Floats("priors"), BoxFormat.Cxcywh);
        var deltas = Encode(BoxCoder.FromVariances(0.1f, 0.2f), reference.Boxes("matched"), priors);
        Close.To(reference.Value(), deltas, 5e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(SsdDecodings))]
    public void DecodesWithVariances(object row)
    {
        var reference = (ReferenceCase)row;
        var priors = BoxConversion.ToBoxes(reference.Floats("priors"), BoxFormat.Cxcywh);
        var boxes = Decode(BoxCoder.FromVariances(), reference.Floats("loc"), priors);
        Close.To(reference.Value(), boxes, 1e-6, reference.Name);
    }

    [TestMethod, DynamicData(nameof(KerasDecodings))]
    public void DecodesCentredAnchors(object row)
    {
        var reference = (ReferenceCase)row;
        var anchors = BoxConversion.ToBoxes(reference.Floats("anchors"), BoxFormat.Cxcywh);
        var boxes = Decode(BoxCoder.FromVariances(), reference.Floats("box_predictions"), anchors);
        Close.To(reference.Value(), boxes, 3e-6, reference.Name);
    }

    [TestMethod]
    public void MatchesAreEncodedAndOthersZero()
    {
        Box[] truths = [new(0, 0, 4, 4), new(10, 10, 30, 20)];
        Box[] anchors = [new(8, 8, 28, 18), new(0, 0, 2, 2), new(1, 1, 5, 5)];
        var deltas = new BoxDelta[3];
        BoxCoder.RetinaNet.EncodeMatches(truths, [1, -1, 0], anchors, deltas);
        Assert.AreEqual(BoxCoder.RetinaNet.Encode(truths[1], anchors[0]), deltas[0]);
        Assert.AreEqual(default, deltas[1]);
        Assert.AreEqual(BoxCoder.RetinaNet.Encode(truths[0], anchors[2]), deltas[2]);
    }

    [TestMethod]
    public void ABoxWithoutAreaIsNamed()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => BoxCoder.Ssd.Encode(new Box(3, 3, 3, 9), new Box(0, 0, 1, 1)));
        StringAssert.Contains(error.Message, "X0 = 3");
        Assert.ThrowsExactly<ArgumentException>(() => BoxCoder.Ssd.Encode(new Box(0, 0, 1, 1), new Box(2, 2, 1, 1)));
        Assert.ThrowsExactly<ArgumentException>(
            () => BoxCoder.Ssd.Decode(new BoxDelta[2], new Box[3], new Box[3]));
    }

    private static BoxCoder CoderOf(ReferenceCase reference)
    {
        var w = ReferenceCase.Numbers(reference.Params.GetProperty("weights"), e => e.GetSingle());
        return new(w[0], w[1], w[2], w[3]) { MaxLogScale = BoxCoder.TorchvisionMaxLogScale };
    }

    private static float[] Encode(BoxCoder coder, Box[] truths, Box[] anchors)
    {
        var deltas = new float[4 * anchors.Length];
        coder.Encode(truths, anchors, MemoryMarshal.Cast<float, BoxDelta>(deltas.AsSpan()));
        return deltas;
    }

    private static Box[] Decode(BoxCoder coder, float[] deltas, Box[] anchors)
    {
        var boxes = new Box[anchors.Length];
        coder.Decode(MemoryMarshal.Cast<float, BoxDelta>(deltas), anchors, boxes);
        return boxes;
    }
}
