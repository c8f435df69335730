using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Tests.Anchors;

/// <summary>Anchors and code out of tails that decode in different units and forms.</summary>
[TestClass]
public sealed class TailAnchorsTests
{
    // In the left upper part only: there centre and size read as corners would be boxes too.
    private static readonly Box[] Near = [new(0, 0, 8, 6), new(1, 0, 11, 12), new(0, 2, 30, 9)];

    private static readonly Box[] Spread = [new(-3, -2, 8, 6), new(50, 10, 60, 40), new(20, 30, 63, 47),
        new(0, 0, 64, 48)];

    [TestMethod]
    [DataRow(false, true)]
    [DataRow(false, false)]
    [DataRow(true, true)]
    [DataRow(true, false)]
    public void Reads_corners_and_centres_in_pixels_and_parts(bool pixels, bool corners)
    {
        foreach (var anchors in new[] { Near, Spread })
        {
            var found = TailAnchors.Read(Tail(anchors, new(8, 4, 2.5f, 2), pixels, corners), "deltas", "boxes", 64, 48);
            Assert.HasCount(anchors.Length, found.Anchors);
            for (var i = 0; i < anchors.Length; i++)
                Close.To([anchors[i].X0, anchors[i].Y0, anchors[i].X1, anchors[i].Y1],
                    (ReadOnlySpan<Box>)[found.Anchors[i]], 1e-5, $"anchor {i}");
            Assert.AreEqual(new BoxCoder(8, 4, 2.5f, 2), found.Coder);
        }
    }

    // As TensorFlow writes them: the first two numbers are the same along a row of cells, which is their height.
    [TestMethod]
    [DataRow(true, true)]
    [DataRow(false, true)]
    [DataRow(false, false)]
    public void Heights_may_stand_first(bool pixels, bool corners)
    {
        Box[] anchors = [new(0, 0, 8, 6), new(-2, 1, 10, 5), new(8, 0, 16, 6), new(6, 1, 18, 5), new(0, 16, 8, 22), new(-2, 17, 10, 21)];
        var found = TailAnchors.Read(Tail(anchors, new(8, 4, 2.5f, 2), pixels, corners, turned: true), "deltas", "boxes", 64, 48);
        for (var i = 0; i < anchors.Length; i++)
            Close.To([anchors[i].X0, anchors[i].Y0, anchors[i].X1, anchors[i].Y1],
                (ReadOnlySpan<Box>)[found.Anchors[i]], 1e-5, $"anchor {i}");
        Assert.AreEqual(new BoxCoder(4, 8, 2, 2.5f) { HeightFirst = true }, found.Coder);
    }

    [TestMethod]
    public void Reads_UltraFaces_priors()
    {
        var model = OnnxModel.Load(Shared.File("models/ultraface/version-RFB-320.onnx"));
        var raw = OnnxGraphs.Surgery.HeadCut.Find(model, "boxes");
        var found = TailAnchors.Read(model, raw, "boxes", 320, 240);
        var priors = AnchorFile.Load(Shared.File("models/ultraface/priors_320x240_cxcywh.bin"),
            AnchorFormat.CxcywhNormalized, 320, 240);
        Assert.AreEqual(new BoxCoder(10, 10, 5, 5), found.Coder);
        Assert.HasCount(4420, found.Anchors);
        for (var i = 0; i < priors.Length; i++)
            Close.To([priors[i].X0, priors[i].Y0, priors[i].X1, priors[i].Y1], (ReadOnlySpan<Box>)[found.Anchors[i]],
                1e-6, $"prior {i}");
    }

    [TestMethod]
    public void Says_that_raw_boxes_carry_no_anchors()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => TailAnchors.Read(Tail(Near, new(), true, true), "deltas", "deltas", 64, 48));
        StringAssert.Contains(error.Message, "holds the raw deltas themselves");
        StringAssert.Contains(error.Message, "--anchors FILE");
    }

    [TestMethod]
    public void Refuses_a_tail_that_is_no_decoding_of_anchors()
    {
        // Distances to the sides instead of centre and size.
        var graph = new Graph();
        var deltas = Deltas(graph, 3);
        graph.Output("boxes", deltas * 2f + 5f);
        var error = Assert.ThrowsExactly<ModelException>(
            () => TailAnchors.Read(GraphWriter.Write(graph), "deltas", "boxes", 64, 48));
        StringAssert.Contains(error.Message, "not that of anchors with fixed weights");
    }

    [TestMethod]
    public void Refuses_a_tail_that_selects_boxes()
    {
        var graph = new Graph();
        graph.Output("boxes", Op.Slice(Deltas(graph, 3), 1, 0, 2));
        var error = Assert.ThrowsExactly<ModelException>(
            () => TailAnchors.Read(GraphWriter.Write(graph), "deltas", "boxes", 64, 48));
        StringAssert.Contains(error.Message, "not one box an anchor");
        StringAssert.Contains(error.Message, "non-maximum suppression");
    }

    // The tail does not see what lies before the deltas.
    private static Var Deltas(Graph graph, int count)
    {
        var flat = Op.Reshape(graph.Input("images", 1, 3, 48, 64), new TensorShape(1, 3 * 48 * 64));
        return Op.Identity(Op.Reshape(Op.Slice(flat, 1, 0, 4 * count), new TensorShape(1, count, 4)), "deltas");
    }

    private static OnnxModel Tail(Box[] anchors, BoxCoder coder, bool pixels, bool corners, bool turned = false)
    {
        var graph = new Graph();
        var deltas = Deltas(graph, anchors.Length);
        var (w, h) = pixels ? (1f, 1f) : turned ? (1 / 48f, 1 / 64f) : (1 / 64f, 1 / 48f);
        if (turned)
            anchors = [.. anchors.Select(a => new Box(a.Y0, a.X0, a.Y1, a.X1))];
        Var Column(params float[][] rows) =>
            graph.Constant(Tensor.Of<float>(new(1, anchors.Length, 2), [.. rows.SelectMany(row => row)]));
        var centres = Column([.. anchors.Select(a => (float[])[a.CenterX * w, a.CenterY * h])]);
        var sizes = Column([.. anchors.Select(a => (float[])[a.Width * w, a.Height * h])]);
        var parts = Op.Split(deltas, 2, 2, 2);
        var shift = graph.Constant(Tensor.Vector<float>(1 / coder.WeightX, 1 / coder.WeightY));
        var grow = graph.Constant(Tensor.Vector<float>(1 / coder.WeightWidth, 1 / coder.WeightHeight));
        var (centre, size) = (parts[0] * shift * sizes + centres, Op.Exp(parts[1] * grow) * sizes);
        graph.Output("boxes", Op.Concat(corners ? [centre - size * 0.5f, centre + size * 0.5f] : [centre, size], 2));
        return GraphWriter.Write(graph);
    }
}
