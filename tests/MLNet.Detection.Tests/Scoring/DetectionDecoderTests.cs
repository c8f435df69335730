using System.Runtime.InteropServices;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Scoring;

[TestClass]
public sealed class DetectionDecoderTests
{
    private const string Group = "11_nms";

    private static IEnumerable<object[]> RetinaNet => References.Named(Group, "retinanet_postprocess");

    private static IEnumerable<object[]> Ssd => References.Named(Group, "ssd_postprocess");

    private static IEnumerable<object[]> FastRcnn => References.Named(Group, "fasterrcnn_postprocess");

    private static IEnumerable<object[]> Proposals => References.Named(Group, "rpn_filter_proposals");

    // Rows that cannot pass the threshold are not turned into probabilities: those that pass are the same to the bit.
    [TestMethod]
    [DataRow(ClassActivation.Softmax, 0), DataRow(ClassActivation.Softmax, 3), DataRow(ClassActivation.Softmax, null),
     DataRow(ClassActivation.Sigmoid, null)]
    public void A_threshold_finds_what_is_above_it(ClassActivation activation, int? background)
    {
        var random = new Random(7);
        float[] logits = [.. Enumerable.Range(0, 400 * 4).Select(_ => (float)(12 * random.NextDouble() - 6))];
        Box[] boxes = [.. Enumerable.Range(0, 400).Select(i => new Box(i, 0, i + 1, 1))];
        var all = DetectionDecoder.Fcos with
        {
            Activation = activation, BackgroundClass = background, ScoreThreshold = -1, IouThreshold = 1, MaxCandidates = int.MaxValue,
            MaxDetections = int.MaxValue,
        };
        var every = all.Select(logits, boxes, 400, 400, 1);
        Assert.HasCount(background is null ? 1600 : 1200, every);
        foreach (var threshold in new[] { 0f, 1e-6f, 0.01f, 0.3f, every[50].Score, 0.9f, 1f })
            CollectionAssert.AreEqual(every.Where(found => found.Score > threshold).ToArray(),
                (all with { ScoreThreshold = threshold }).Select(logits, boxes, 400, 400, 1));
    }

    [TestMethod, DynamicData(nameof(RetinaNet))]
    public void PostProcessesRetinaNet(object row)
    {
        var reference = (ReferenceCase)row;
        var decoder = DetectionDecoder.RetinaNet with
        {
            ScoreThreshold = reference.Single("score_thresh"),
            IouThreshold = reference.Single("nms_thresh"),
            MaxCandidates = reference.Integer("topk_candidates_per_level"),
            MaxDetections = reference.Integer("detections_per_img"),
        };
        var found = decoder.Decode(
            [.. reference.Floats("cls_logits_0"), .. reference.Floats("cls_logits_1")],
            Deltas([.. reference.Floats("bbox_regression_0"), .. reference.Floats("bbox_regression_1")]),
            [.. reference.Boxes("anchors_0"), .. reference.Boxes("anchors_1")],
            64, 64, [48, 12]);
        Compare(reference, found);
    }

    [TestMethod, DynamicData(nameof(Ssd))]
    public void PostProcessesSsd(object row)
    {
        var reference = (ReferenceCase)row;
        var decoder = DetectionDecoder.Ssd with
        {
            ScoreThreshold = reference.Single("score_thresh"),
            IouThreshold = reference.Single("nms_thresh"),
            MaxCandidates = reference.Integer("topk_candidates_per_class"),
            MaxDetections = reference.Integer("detections_per_img"),
        };
        var (logits, anchors) = (reference.Floats("cls_logits"), reference.Boxes("anchors"));
        var deltas = Deltas(reference.Floats("bbox_regression"));
        Compare(reference, decoder.Decode(logits, deltas, anchors, 48, 48));

        var boxes = new Box[anchors.Length];
        BoxCoder.Ssd.Decode(deltas, anchors, boxes);
        Compare(reference, decoder.Select(logits, boxes, boxes.Length, 48, 48));
    }

    [TestMethod, DynamicData(nameof(FastRcnn))]
    public void PostProcessesFastRcnn(object row)
    {
        var reference = (ReferenceCase)row;
        var decoder = DetectionDecoder.FastRcnn with
        {
            ScoreThreshold = reference.Single("score_thresh"),
            IouThreshold = reference.Single("nms_thresh"),
            MaxDetections = reference.Integer("detections_per_img"),
            MinSize = reference.Single("min_size"),
        };
        var found = decoder.Decode(
            reference.Floats("class_logits"), Deltas(reference.Floats("box_regression")),
            reference.Boxes("proposals"), 100, 100);
        Compare(reference, found);
    }

    [TestMethod, DynamicData(nameof(Proposals))]
    public void PicksProposals(object row)
    {
        var reference = (ReferenceCase)row;
        var found = new RegionProposals(
            reference.Integer("pre_nms_top_n_per_level"), reference.Integer("post_nms_top_n"),
            reference.Single("nms_thresh"), reference.Single("min_size"), reference.Single("score_thresh"))
            .Select(
                reference.Boxes("proposals"), reference.Floats("objectness"), reference.Integers("anchors_per_level"),
                100, 100);
        Close.To(reference.Value(), found.Select(d => d.Box).ToArray(), 1e-6, "boxes");
        Close.To(reference.Output("scores"), found.Select(d => d.Score).ToArray(), 1e-6, "scores");
    }

    [TestMethod]
    public void BothUltraFaceFilesGiveTheSameFaces()
    {
        var scores = Floats("models/ultraface/parity_scores.bin");
        var boxes = MemoryMarshal.Cast<float, Box>(Floats("models/ultraface/parity_boxes.bin")).ToArray();
        var raw = Floats("models/ultraface/parity_raw_locations.bin");
        var decoder = new DetectionDecoder
        {
            Activation = ClassActivation.None, Coder = BoxCoder.FromVariances(), Clip = false,
            ScoreThreshold = 0.02f, IouThreshold = 0.3f,
        };
        var decoded = decoder.Decode(scores, Deltas(raw), UltraFaceAnchors.Default.Generate(320, 240), 320, 240);
        var selected = decoder.Select(scores, boxes, boxes.Length, 1, 1);
        Assert.IsNotEmpty(decoded);
        CollectionAssert.AreEqual(selected.Select(d => d.Score).ToArray(), decoded.Select(d => d.Score).ToArray());
        Close.To(
            [.. selected.Select(d => d.Box.Scale(320, 240)).SelectMany(b => new double[] { b.X0, b.Y0, b.X1, b.Y1 })],
            decoded.Select(d => d.Box).ToArray(), 1e-4, "boxes");
    }

    [TestMethod]
    public void OnlyTheBestCandidatesOfAGroupAreConsidered()
    {
        Box[] boxes = [new(0, 0, 1, 1), new(2, 2, 3, 3), new(4, 4, 5, 5), new(6, 6, 7, 7)];
        float[] scores = [0.9f, 0.1f, 0.8f, 0.2f, 0.7f, 0.3f, 0.6f, 0.4f];
        var byClass = new DetectionDecoder
        {
            Activation = ClassActivation.None, BackgroundClass = null, MaxCandidates = 1, Clip = false,
        };
        float[] Scores(DetectionDecoder decoder, int[] levels) =>
            [.. decoder.Decode(scores, new BoxDelta[4], boxes, 9, 9, levels).Select(d => d.Score)];
        CollectionAssert.AreEqual(new[] { 0.9f, 0.4f }, Scores(byClass, [2, 2]));
        var byLevel = byClass with { CandidateGroup = CandidateGroup.Level };
        CollectionAssert.AreEqual(new[] { 0.9f, 0.7f }, Scores(byLevel, [2, 2]));
        CollectionAssert.AreEqual(new[] { 0.9f }, Scores(byLevel, []));
        CollectionAssert.AreEqual(new[] { 0.9f }, Scores(byClass with { MaxDetections = 1 }, []));
    }

    [TestMethod]
    public void OnlyTheBestProposalsOfALevelAreConsidered()
    {
        Box[] boxes = [new(0, 0, 1, 1), new(2, 2, 3, 3), new(4, 4, 5, 5), new(6, 6, 7, 7)];
        var found = new RegionProposals(CandidatesPerLevel: 1).Select(boxes, [1, 2, 4, 3], [2, 2], 9, 9);
        CollectionAssert.AreEqual(new[] { boxes[2], boxes[1] }, found.Select(d => d.Box).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 0 }, found.Select(d => d.Class).ToArray());
    }

    [TestMethod]
    public void NothingGivesNothing()
    {
        Assert.IsEmpty(DetectionDecoder.Ssd.Decode([], [], [], 10, 10));
        Assert.IsEmpty(DetectionDecoder.RetinaNet.Decode([-9, -9], new BoxDelta[1], [new(0, 0, 4, 4)], 10, 10));
        Assert.IsEmpty(new RegionProposals().Select([], [], [], 10, 10));
    }

    [TestMethod]
    public void NaNAndSmallBoxesAreDropped()
    {
        Box[] boxes = [new(0, 0, float.NaN, 4), new(0, 0, 1, 4), new(0, 0, 4, 4)];
        var decoder = new DetectionDecoder { Activation = ClassActivation.None, BackgroundClass = null };
        CollectionAssert.AreEqual(
            new[] { 0.6f, 0.5f }, decoder.Select([0.7f, 0.6f, 0.5f], boxes, 3, 9, 9).Select(d => d.Score).ToArray());
        var large = (decoder with { MinSize = 2 }).Select([0.7f, 0.6f, float.NaN], boxes, 3, 9, 9);
        Assert.IsEmpty(large);
    }

    [TestMethod]
    public void WrongLengthsAreNamed()
    {
        var decoder = DetectionDecoder.Ssd;
        var outputs = Assert.ThrowsExactly<ArgumentException>(
            () => decoder.Decode(new float[7], new BoxDelta[3], new Box[3], 1, 1));
        StringAssert.Contains(outputs.Message, "7 class outputs");
        var deltas = Assert.ThrowsExactly<ArgumentException>(
            () => decoder.Decode(new float[6], new BoxDelta[4], new Box[3], 1, 1));
        StringAssert.Contains(deltas.Message, "4 deltas");
        var levels = Assert.ThrowsExactly<ArgumentException>(
            () => decoder.Decode(new float[6], new BoxDelta[3], new Box[3], 1, 1, [2, 2]));
        StringAssert.Contains(levels.Message, "4 anchors");
        Assert.ThrowsExactly<ArgumentException>(
            () => new RegionProposals().Select(new Box[2], new float[2], [3], 1, 1));
    }

    private static void Compare(ReferenceCase reference, DetectedObject[] found)
    {
        CollectionAssert.AreEqual(reference.Output("labels"), found.Select(d => (double)d.Class).ToArray());
        Close.To(reference.Value(), found.Select(d => d.Box).ToArray(), 1e-5, "boxes");
        Close.To(reference.Output("scores"), found.Select(d => d.Score).ToArray(), 1e-6, "scores");
    }

    private static BoxDelta[] Deltas(float[] numbers) => MemoryMarshal.Cast<float, BoxDelta>(numbers).ToArray();

    private static float[] Floats(string file) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Shared.File(file))).ToArray();
}
