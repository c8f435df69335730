using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace Benchmarks.Losses;

/// <summary>A loss at the size at which detectors use it.</summary>
internal sealed record LossCase(string Name, string Size, Func<Feeds, (Var Loss, Var[] Predictions)> Build)
{
    public static IReadOnlyList<LossCase> All { get; } =
    [
        RetinaNet(8, 76725, 80),
        RetinaNet(2, 76725, 80),
        RetinaNet(2, 76725, 20),
        RetinaNet(4, 3234, 91),
        Focal(8, 76725, 80),
        Focal(4, 3234, 91),
        Focal(1, 1600, 80), Focal(2, 76725, 80),
        MultiBox(8, 8732, 21),
        MultiBox(8, 4420, 4),
        new("focal (float targets)", "[2, 76725, 20]", feeds =>
        {
            var x = feeds.Normal("x", 2, 76725, 20);
            return (new FocalLoss().Of(x, feeds.Binary("t", 0.01, 2, 76725, 20)), [x]);
        }),
        Boxes("smooth L1", new SmoothL1Loss()),
        Boxes("L1", new L1Loss()),
        Boxes("squared error", new SquaredErrorLoss()),
        Mask("dice", new DiceLoss()),
        Mask("binary cross-entropy", new BinaryCrossEntropyLoss()),
        Mask("lovasz hinge", new LovaszHingeLoss()),
    ];

    private static LossCase Boxes(string name, Loss loss) => new(name, "[8, 76725, 4]", feeds =>
    {
        var x = feeds.Normal("x", 8, 76725, 4);
        return (loss.Of(x, feeds.Normal("t", 8, 76725, 4)), [x]);
    });

    private static LossCase Mask(string name, Loss loss) => new(name, "[4, 1, 512, 512]", feeds =>
    {
        var x = feeds.Normal("x", 4, 1, 512, 512);
        return (loss.Of(x, feeds.Binary("t", 0.2, 4, 1, 512, 512)), [x]);
    });

    private static LossCase Focal(int images, int anchors, int classes) => new("focal (class numbers)",
        $"[{images}, {anchors}, {classes}]", feeds =>
        {
            var x = feeds.Normal("x", images, anchors, classes);
            return (Op.SumAll(new FocalLoss().PerAnchor(x, feeds.Classes("classes", classes, images, anchors))), [x]);
        });

    private static LossCase RetinaNet(int images, int anchors, int classes) => new("retinanet",
        $"[{images}, {anchors}, {classes}]",
        feeds => Detector(feeds, new RetinaNetLoss(), [images, anchors], classes, classes));

    private static LossCase MultiBox(int images, int anchors, int channels) => new("multibox with mining",
        $"[{images}, {anchors}, {channels}]",
        feeds => Detector(feeds, new MultiBoxLoss(), [images, anchors], channels, channels - 1));

    private static (Var, Var[]) Detector(Feeds feeds, DetectionLoss loss, long[] anchors, int channels, int classes)
    {
        var (logits, deltas) = (feeds.Normal("logits", [.. anchors, channels]), feeds.Normal("deltas", [.. anchors,
            4]));
        var (numbers, boxes) = (feeds.Classes("classes", classes, anchors), feeds.Normal("boxes", [.. anchors, 4]));
        return (loss.Of(new(numbers, boxes), logits, deltas), [logits, deltas]);
    }
}
