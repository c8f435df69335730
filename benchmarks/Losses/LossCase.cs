using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Ops;

namespace Benchmarks.Losses;

/// <summary>A loss at the size at which detectors use it, or an update of a large network.</summary>
internal sealed record LossCase(string Name, string Size, Func<Feeds, Measured> Build)
{
    public static IReadOnlyList<LossCase> All { get; } =
    [
        RetinaNet(8, 76725, 80),
        RetinaNet(2, 76725, 80),
        RetinaNet(2, 76725, 20),
        RetinaNet(4, 3234, 91),
        Focal(8, 76725, 80),
        Focal(4, 3234, 91),
        Focal(2, 76725, 80),
        MultiBox(8, 8732, 21),
        MultiBox(8, 4420, 4),
        Dense("focal (float targets)", new FocalLoss(), 2, 76725, 20),
        Dense("focal (float targets, gamma 1.8)", new FocalLoss(Gamma: 1.8f), 2, 76725, 20),
        Dense("normalized focal", new NormalizedFocalLoss(), 2, 76725, 20),
        Dense("quality focal", new QualityFocalLoss(), 8, 8400, 80),
        Dense("varifocal", new VarifocalLoss(), 8, 8400, 80),
        Rows("cross-entropy", new CrossEntropyLoss(), 8, 8732, 21),
        Rows("softmax focal", new SoftmaxFocalLoss(), 8, 8732, 21),
        new("distillation", "[8, 8732, 21]", feeds =>
        {
            var x = feeds.Normal("x", 8, 8732, 21);
            return Measured.Loss(new DistillationLoss().Of(x, feeds.Normal("t", 8, 8732, 21)), x);
        }),
        new("distribution focal", "[64000, 17]", feeds =>
        {
            var x = feeds.Normal("x", 64000, 17);
            return Measured.Loss(new DistributionFocalLoss().Of(x, feeds.Uniform("t", 16, 1, 64000)), x);
        }),
        Overlaps("generalized IoU", IouKind.Generalized),
        Overlaps("complete IoU", IouKind.Complete),
        Boxes("smooth L1", new SmoothL1Loss()),
        Boxes("L1", new L1Loss()),
        Boxes("squared error", new SquaredErrorLoss()),
        Mask("dice", new DiceLoss()),
        Mask("binary cross-entropy", new BinaryCrossEntropyLoss()),
        Mask("balanced cross-entropy", new BalancedCrossEntropyLoss()),
        Mask("hardest of cross-entropy", new HardestLoss(new BinaryCrossEntropyLoss())),
        Mask("gradient harmonized", new GradientHarmonizedLoss()),
        Mask("tversky", new TverskyLoss(0.3f, 0.7f)),
        Mask("lovasz hinge", new LovaszHingeLoss()),
        Update("SGD update", new Sgd()),
        Update("SGD update, clipped", new Sgd { ClipNorm = 1 }),
        Update("AdamW update", new AdamW { WeightDecay = 0.01f }),
        Update("AdamW update, clipped", new AdamW { WeightDecay = 0.01f, ClipNorm = 1 }),
    ];

    private static LossCase Update(string name, Optimizer optimizer) => new(name, "[20000000]", feeds =>
    {
        Var Vector(string name) => feeds.Uniform(name, 1, 1, 20_000_000);
        Var[] old = [Vector("p"), .. optimizer.Slots.Select(Vector)];
        var (rate, step) = (feeds.Uniform("rate", 1e-3, 1), feeds.Uniform("step", 10, 1));
        var update = optimizer.Update(old[0], Vector("g"), old[1..], rate, step);
        Var[] next = [update.Parameters, .. update.Slots];
        return new(next, old[0].Shape.Size, [.. old.Zip(next)]);
    });

    private static LossCase Dense(string name, Loss loss, params long[] size) => new(name,
        $"[{string.Join(", ", size)}]", feeds =>
        {
            var x = feeds.Normal("x", size);
            return Measured.Loss(loss.Of(x, feeds.Uniform("t", 1, 0.01, size)), x);
        });

    private static LossCase Rows(string name, Loss loss, int images, int anchors, int classes) => new(name,
        $"[{images}, {anchors}, {classes}]", feeds =>
        {
            var x = feeds.Normal("x", images, anchors, classes);
            return Measured.Loss(loss.Of(x, feeds.Labels("t", classes, images, anchors)), x);
        });

    private static LossCase Overlaps(string name, IouKind kind) => new(name, "[64000, 4]", feeds =>
    {
        var x = feeds.Corners("x", 64000);
        return Measured.Loss(new IouLoss(kind).Of(x, feeds.Corners("t", 64000)), x);
    });

    private static LossCase Boxes(string name, Loss loss) => new(name, "[8, 76725, 4]", feeds =>
    {
        var x = feeds.Normal("x", 8, 76725, 4);
        return Measured.Loss(loss.Of(x, feeds.Normal("t", 8, 76725, 4)), x);
    });

    private static LossCase Mask(string name, Loss loss) => new(name, "[4, 1, 512, 512]", feeds =>
    {
        var x = feeds.Normal("x", 4, 1, 512, 512);
        return Measured.Loss(loss.Of(x, feeds.Binary("t", 0.2, 4, 1, 512, 512)), x);
    });

    private static LossCase Focal(int images, int anchors, int classes) => new("focal (class numbers)",
        $"[{images}, {anchors}, {classes}]", feeds =>
        {
            var x = feeds.Normal("x", images, anchors, classes);
            var labels = feeds.Classes("classes", classes, images, anchors);
            return Measured.Loss(Op.SumAll(new FocalLoss().PerAnchor(x, labels)), x);
        });

    private static LossCase RetinaNet(int images, int anchors, int classes) => new("retinanet",
        $"[{images}, {anchors}, {classes}]",
        feeds => Detector(feeds, new RetinaNetLoss(), [images, anchors], classes, classes));

    private static LossCase MultiBox(int images, int anchors, int channels) => new("multibox with mining",
        $"[{images}, {anchors}, {channels}]",
        feeds => Detector(feeds, new MultiBoxLoss(), [images, anchors], channels, channels - 1));

    private static Measured Detector(Feeds feeds, DetectionLoss loss, long[] anchors, int channels, int classes)
    {
        var (logits, deltas) = (feeds.Normal("logits", [.. anchors, channels]), feeds.Normal("deltas", [.. anchors,
            4]));
        var (numbers, boxes) = (feeds.Classes("classes", classes, anchors), feeds.Normal("boxes", [.. anchors, 4]));
        return Measured.Loss(loss.Of(new(numbers, boxes), logits, deltas), logits, deltas);
    }
}
