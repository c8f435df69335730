using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>A family of detectors: what it is known by, and what its numbers mean.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Signs">What it is known by, in words.</param>
/// <param name="Fits">The same as a test.</param>
/// <param name="Code">What the numbers of a box mean.</param>
/// <param name="Score">How scores come about.</param>
internal sealed record HeadFamily(string Name, string Signs, Func<HeadSigns, bool> Fits, BoxCode Code, ScoreCode Score)
{
    private static readonly Normalization FaceMeans = new(new(123, 117, 104), 1f, ChannelOrder.Bgr);
    private static readonly Normalization BgrPixels = Normalization.Pixels with { Order = ChannelOrder.Bgr };
    private static readonly Normalization BgrUnit = Normalization.Unit with { Order = ChannelOrder.Bgr };
    private static readonly Normalization BgrImageNet =
        new(new(123.675f, 116.28f, 103.53f), new(58.395f, 57.12f, 57.375f), ChannelOrder.Bgr);
    private static readonly Normalization CentreMeans =
        new(new(104.04f, 113.985f, 119.85f), new(73.695f, 69.87f, 70.89f), ChannelOrder.Bgr);
    private static readonly ScoreCode Sigmoid = new(), Background = new(Softmax: true, Background: true);

    /// <summary>Whether classes are heat maps.</summary>
    public bool Peaks { get; init; }

    /// <summary>Where in its cell a point lies.</summary>
    public float PointOffset { get; init; } = 0.5f;

    /// <summary>The anchors, where the code needs them.</summary>
    public AnchorScheme? Scheme { get; init; }

    /// <summary>What the family's pictures are; null where its files differ.</summary>
    public Normalization? Pixels { get; init; }

    /// <summary>Whether the signs belong to this family alone.</summary>
    public bool Sure { get; init; } = true;

    /// <summary>Whether a head that its file's own decoding proves is of the family.</summary>
    public bool Decodes(HeadSigns signs, DenseHead head) => Fits(signs) && Code == head.Code && PointOffset == head.PointOffset
        && Score.Softmax == head.Score.Softmax;

    /// <summary>The families; the first that fits counts.</summary>
    public static IReadOnlyList<HeadFamily> All { get; } =
    [
        new("RetinaFace", "two anchors a cell on strides 8, 16 and 32, softmax with background, keypoints",
            s => s.Background && s.BoxColumns == 4 && s.Keypoints > 0 && s.Anchors.SequenceEqual([2, 2, 2])
                && s.Strides.SequenceEqual([8f, 16, 32]), new DeltaCode(BoxCoder.Ssd), Background)
            { Scheme = DensityAnchors.RetinaFace, Pixels = FaceMeans },
        new("FaceBoxes", "21, 1 and 1 anchors a cell on strides 32, 64 and 128, softmax with background",
            s => s.Background && s.BoxColumns == 4 && s.Anchors.SequenceEqual([21, 1, 1]),
            new DeltaCode(BoxCoder.Ssd), Background)
            { Scheme = DensityAnchors.FaceBoxes, Pixels = FaceMeans },
        new("SCRFD", "two anchors a cell on strides 8, 16 and 32, four numbers a box, no objectness",
            s => !s.Objectness && s.BoxColumns == 4 && s.ClassActivation == "Sigmoid" && s.Anchors.All(a => a == 2)
                && s.Strides.Take(3).SequenceEqual([8f, 16, 32]), new DistanceCode(), Sigmoid)
            { PointOffset = 0, Pixels = new(127.5f, 128f) },
        new("RTMDet", "one place a cell on strides 8, 16 and 32, four numbers a box, no objectness",
            s => !s.Objectness && s.BoxColumns == 4 && s.ClassActivation == "Sigmoid" && s.Anchors.All(a => a == 1)
                && s.Strides.SequenceEqual([8f, 16, 32]), new DistanceCode(InStrides: false), Sigmoid)
            { PointOffset = 0, Pixels = BgrImageNet, Sure = false },
        new("YuNet", "one place a cell on strides 8, 16 and 32, objectness, five keypoints",
            s => s.Objectness && s.BoxColumns == 4 && s.Keypoints == 10 && s.Anchors.All(a => a == 1),
            new GridCode(), new(ClassPower: 0.5f, ObjectnessPower: 0.5f)) { Pixels = BgrPixels },
        new("NanoDet-Plus", "four distributions of 8 bins from one layer with the classes, four levels, one output",
            s => s.BoxColumns == 32 && s.Levels.Count == 4 && s.Outputs == 1,
            new DistributionCode(8), Sigmoid) { PointOffset = 0, Pixels = BgrImageNet, Sure = false },
        new("PicoDet", "four distributions of 8 bins, four levels",
            s => s.BoxColumns == 32 && s.Levels.Count == 4, new DistributionCode(8), Sigmoid)
            { Pixels = Normalization.ImageNet },
        new("NanoDet", "four distributions of 8 bins, three levels",
            s => s.BoxColumns == 32 && s.Levels.Count == 3, new DistributionCode(8), Sigmoid) { Pixels = BgrImageNet },
        new("YOLOv5-face", "one map a level with boxes, objectness, five keypoints and classes of three anchors, x sigmoid(x)",
            s => s.Joint && s.Keypoints == 10 && s.Levels.Count == 3, new SigmoidCode(), Sigmoid)
            {
                Scheme = YoloAnchors.Version5Face, Pixels = Normalization.Unit,
            },
        new("YOLOv5", "one map a level with boxes, objectness and classes of three anchors, x sigmoid(x)",
            s => s.Joint && s.Silu && s.Levels.Count == 3 && s.Anchors.All(a => a == 3), new SigmoidCode(), Sigmoid)
            { Scheme = YoloAnchors.Version3, Pixels = Normalization.Unit, Sure = false },
        new("YOLOv3", "one map a level with boxes, objectness and classes of three anchors",
            s => s.Joint && s.Levels.Count == 3 && s.Anchors.All(a => a == 3), new SigmoidCode(1, false), Sigmoid)
            { Scheme = YoloAnchors.Version3, Pixels = Normalization.Unit, Sure = false },
        new("YOLOv2", "one map on stride 32 with boxes, objectness and classes of five anchors",
            s => s.Joint && s.Strides.SequenceEqual([32f]) && s.Anchors.All(a => a == 5) && s.Classes == 20,
            new SigmoidCode(1, false), new(Softmax: true)) { Scheme = YoloAnchors.Version2Voc, Sure = false },
        new("YOLOv2", "one map on stride 32 with boxes, objectness and classes of five anchors",
            s => s.Joint && s.Strides.SequenceEqual([32f]) && s.Anchors.All(a => a == 5),
            new SigmoidCode(1, false), new(Softmax: true)) { Scheme = YoloAnchors.Version2, Sure = false },
        new("CenterNet", "heat maps, sizes and shifts of centres on one level of stride 4",
            s => s.Shifts && s.Strides.SequenceEqual([4f]), new CentreCode(), Sigmoid)
            { PointOffset = 0, Pixels = CentreMeans, Peaks = true, Sure = false },
        new("DBFace", "heat maps and four distances on one level of stride 4",
            s => s.Strides.SequenceEqual([4f]) && s.BoxColumns == 4 && !s.Objectness && s.ClassActivation == "Sigmoid"
                && s.Anchors.All(a => a == 1), new DistanceCode(), Sigmoid)
            { PointOffset = 0, Pixels = CentreMeans, Peaks = true, Sure = false },
        new("FastestDet", "one level, objectness, softmax over the classes",
            s => s.Levels.Count == 1 && s.Objectness && s.BoxColumns == 4 && s.ClassActivation == "Softmax",
            new TanhCode(), new(Softmax: true, ClassPower: 0.4f, ObjectnessPower: 0.6f)) { Pixels = BgrUnit },
        new("Yolo-FastestV2", "two levels of three anchors that share their classes",
            s => s.Levels.Count == 2 && s.Objectness && s.SharedClasses && s.Anchors.All(a => a == 3),
            new SigmoidCode(), new(Softmax: true))
            {
                Scheme = new YoloAnchors([
                    [new(12.64f, 19.39f), new(37.88f, 51.48f), new(55.71f, 138.31f)],
                    [new(126.91f, 78.23f), new(131.57f, 214.55f), new(279.92f, 258.87f)]]),
                Pixels = BgrUnit,
            },
        new("BlazeFace", "boxes and keypoints in one value, two and six anchors a cell",
            s => s.KeypointsWithBoxes && s.Anchors.SequenceEqual([2, 6]), new LinearCode(), Sigmoid)
            { Pixels = new(127.5f, 127.5f) },
        new("YOLOX", "one place a cell, objectness, four numbers a box",
            s => s.Objectness && s.BoxColumns == 4 && s.Keypoints == 0 && s.Anchors.All(a => a == 1)
                && s.ClassActivation != "Softmax", new GridCode(), Sigmoid) { Pixels = BgrPixels, Sure = false },
    ];

    /// <summary>A family for each number of bins: distributions mean one thing only.</summary>
    public static HeadFamily Distributions(int bins) => new("distributions", $"four distributions of {bins} bins a box",
        _ => true, new DistributionCode(bins), Sigmoid) { Sure = false };
}
