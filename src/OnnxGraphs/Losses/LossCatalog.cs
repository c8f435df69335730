using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>All losses of this library on small worked examples: for documentation, export and checks.</summary>
public static class LossCatalog
{
    private static readonly Tensor Logits = Waves(2, 4, 3);
    private static readonly Tensor Binary = Pattern([1, 0, 0, 0, 1, 0], 2, 4, 3);
    private static readonly Tensor Quality = Pattern([0.8f, 0, 0, 0, 0.4f, 0], 2, 4, 3);
    private static readonly Tensor Numbers = Tensor.Of<long>(new(2, 4), [0, 2, 1, 0, 1, 1, 0, 2]);
    private static readonly Tensor Deltas = Waves(2, 4, 4);
    private static readonly Tensor Boxes = Pattern([0.35f, -0.45f, 0.15f, 0.05f, -0.2f], 2, 4, 4);
    private static readonly Tensor Anchored = Tensor.Of<long>(new(2, 4), [1, -1, -2, -1, 0, -1, -1, -1]);

    /// <summary>The losses, in the order of their documentation.</summary>
    public static IReadOnlyList<LossExample> All { get; } =
    [
        Of(new FocalLoss(), Binary),
        Of(new NormalizedFocalLoss(), Binary),
        Of(new ProbabilityFocalLoss(), Binary, Probabilities),
        Of(new SoftmaxFocalLoss(), Numbers),
        Of(new QualityFocalLoss(), Quality),
        Of(new VarifocalLoss(), Quality),
        Of(new PenaltyReducedFocalLoss(), Pattern([1, 0.6f, 0, 0, 0.3f, 0], 2, 4, 3)),
        Of(new DistributionFocalLoss(), Pattern([0.7f, 3.2f], 2), Waves(2, 5)),
        Of(new CrossEntropyLoss(), Numbers),
        Of(new BinaryCrossEntropyLoss(), Binary),
        Of(new BalancedCrossEntropyLoss(), Binary),
        Of(new GradientHarmonizedLoss(4), Pattern([1, 0], 2, 3), Pattern([-2, -0.5f, 0.5f, 2, 1.8f, -0.6f], 2, 3)),
        Of(new HardestLoss(new BinaryCrossEntropyLoss()), Binary),
        Of(new SmoothL1Loss(), Binary),
        Of(new L1Loss(), Binary),
        Of(new SquaredErrorLoss(), Binary),
        Of(new IouLoss(), Corners(0.13f), Corners(0)),
        Of(new CenternessLoss(), Pattern([1.5f, 2, 0.7f, 3, 1, 0.4f, 2.2f, 0.9f], 2, 4, 4), Waves(2, 4)),
        Of(new DiceLoss(), Binary),
        Of(new JaccardLoss(), Binary),
        Of(new TverskyLoss(0.3f, 0.7f, 0.75f), Binary),
        Of(new LovaszHingeLoss(), Binary),
        Of(new LovaszSoftmaxLoss(), Numbers, Waves(2, 3, 4)),
        Of(new DistillationLoss(2), Waves(2, 4, 3, 1f)),
        Of(new BinaryDistillationLoss(2), Waves(2, 4, 3, 1f)),
        Of(new AddedWeightLoss(new BinaryCrossEntropyLoss()), Binary),
        Detection(new RetinaNetLoss()),
        Detection(new MultiBoxLoss()),
        Fcos(),
        CenterNet(),
        Yolox(),
        Yolo(),
        Yolov8(),
        Detr(), RtDetr(),
        Rpn(),
        FastRcnn(),
    ];

    private static Tensor Probabilities => Pattern([0.1f, 0.6f, 0.85f, 0.3f, 0.45f], 2, 4, 3);

    private static LossExample Of(Loss loss, Tensor target, Tensor? prediction = null) =>
        LossExample.Of(loss, prediction ?? Logits, target);

    private static LossExample Detection(DetectionLoss loss) => new(loss,
        [new("logits", Logits, true), new("deltas", Deltas, true), new("classes", Anchored, false),
            new("boxes", Boxes, false)], x => loss.Of(new(x[2], x[3]), x[0], x[1]));

    private static LossExample Fcos()
    {
        var points = Tensor.Of<float>(new(4, 4), [0, 0, 8, 8, 8, 0, 16, 8, 0, 8, 8, 16, 8, 8, 16, 16]);
        var boxes = Pattern([1.5f, 0.5f, 13, 11], 2, 4, 4);
        var distances = Pattern([0.4f, 0.9f, 1.3f, 0.6f, 1.1f], 2, 4, 4);
        var loss = new FcosLoss();
        return new(loss, [new("logits", Logits, true), new("distances", distances, true),
            new("centerness", Waves(2, 4, 1), true),
            new("points", points, false, HasBatch: false), new("classes", Anchored, false), new("boxes", boxes, false)],
            x => loss.Of(new(x[4], x[5]), x[3], x[0], x[1], x[2]));
    }

    private static LossExample CenterNet()
    {
        var cells = Tensor.Of<float>(new(4, 2), [8, 8, 8, 8, 8, 8, 8, 8]);
        var loss = new CenterNetLoss();
        return new(loss, [new("logits", Logits, true), new("predictions", Pattern([1, 2, 11.5f, 9, 0.5f, 3, 14, 12], 2, 4, 4), true),
            new("heat", Pattern([1, 0.6f, 0, 0, 0.3f, 0], 2, 4, 3), false), new("cells", cells, false, HasBatch: false),
            new("classes", Anchored, false), new("boxes", Pattern([1.5f, 0.5f, 13, 11], 2, 4, 4), false)],
            x => loss.Of(new(x[4], x[5]), x[2], x[0], x[1], x[3]));
    }

    private static LossExample Yolox()
    {
        var loss = new YoloxLoss();
        return Yolo(loss, x => loss.Of(new(x[1], x[2]), x[0]));
    }

    private static LossExample Yolo()
    {
        var loss = new YoloLoss();
        return Yolo(loss, x => loss.Of(new(x[1], x[2]), x[0], 3, 1));
    }

    private static LossExample Yolov8()
    {
        var cells = Tensor.Of<float>(new(4, 4), [0, 0, 8, 8, 8, 0, 16, 8, 0, 8, 8, 16, 8, 8, 16, 16]);
        var loss = new Yolov8Loss();
        return new(loss, [new("predicted", Pattern([1.2f, 0.9f, 12, 10.5f, 2.1f], 2, 4, 4), true),
            new("logits", Logits, true),
            new("sides", Tensor.Of<float>(new(2, 4, 4, 5), Waves(2, 4, 20).Values<float>()), true),
            new("cells", cells, false, HasBatch: false), new("classes", Anchored, false),
            new("boxes", Pattern([1.5f, 0.5f, 13, 11], 2, 4, 4), false), new("qualities", Pattern([0.7f, 0.2f], 2, 4),
                false)], x => loss.Of(new(x[4], x[5]), x[6], x[3], x[0], x[1], x[2]));
    }

    private static LossExample Yolo(object loss, Func<IReadOnlyList<Var>, Var> build)
    {
        float[] box = [5, 6, 7, 4];
        var outputs = Tensor.Of<float>(new(2, 4, 7), [.. Waves(2, 4, 7).Values<float>().ToArray()
            .Select((v, i) => i % 7 < 4 ? box[i % 7] + 0.3f * v : v)]);
        return new(loss, [new("outputs", outputs, true), new("classes", Anchored, false),
            new("boxes", Pattern([5.1f, 6.3f, 6.2f, 4.4f], 2, 4, 4), false)], build);
    }

    private static LossExample Detr()
    {
        var loss = new DetrLoss();
        return new(loss, [new("logits", Logits, true), new("predicted", Pattern([0.5f, 0.4f, 0.3f, 0.6f], 2, 4, 4),
            true),
            new("classes", Numbers, false), new("boxes", Pattern([0.62f, 0.53f, 0.44f, 0.46f], 2, 4, 4), false)],
            x => loss.Of(new(x[2], x[3]), x[0], x[1]));
    }

    private static LossExample RtDetr()
    {
        var loss = new RtDetrLoss();
        return new(loss, [new("logits", Logits, true), new("predicted", Pattern([0.5f, 0.4f, 0.3f, 0.6f], 2, 4, 4),
            true),
            new("classes", Numbers, false), new("boxes", Pattern([0.62f, 0.53f, 0.44f, 0.46f], 2, 4, 4), false),
            new("qualities", Pattern([0.7f, 0.2f], 2, 4), false)], x => loss.Of(new(x[2], x[3]), x[0], x[1], x[4]));
    }

    private static LossExample Rpn()
    {
        var loss = new RpnLoss();
        return new(loss, [Sampled("objectness", Waves(6, 1), true), Sampled("deltas", Waves(6, 4), true),
            Sampled("boxes", Pattern([0.35f, -0.45f, 0.15f, 0.05f, -0.2f], 6, 4)),
            Sampled("positives", Tensor.Vector(1L, 4L)), Sampled("negatives", Tensor.Vector(0L, 2L, 5L))],
            x => loss.Of(x[0], x[1], x[2], x[3], x[4]));
    }

    private static LossExample FastRcnn()
    {
        var loss = new FastRcnnLoss();
        return new(loss, [Sampled("logits", Waves(4, 3), true), Sampled("deltas", Waves(4, 12), true),
            Sampled("labels", Tensor.Vector(0L, 2L, 1L, 0L)),
            Sampled("boxes", Pattern([0.35f, -0.45f, 0.15f, 0.05f, -0.2f], 4, 4))], x =>
                loss.Of(x[0], x[1], x[2], x[3]));
    }

    private static ExampleInput Sampled(string name, Tensor value, bool isPrediction = false) =>
        new(name, value, isPrediction, HasBatch: false);

    // Two images of three boxes, x0 y0 x1 y1.
    private static Tensor Corners(float shift) => Tensor.Of<float>(new(2, 3, 4),
        [.. Enumerable.Range(0, 24).Select(i => (i % 4 < 2 ? 0.1f * (i / 4)
            : 1 + 0.15f * (i / 4)) + shift * (1 + i % 4))]);

    private static Tensor Waves(params ReadOnlySpan<long> dims) => Waves(new TensorShape(dims), 0);

    private static Tensor Waves(long a, long b, long c, float phase) => Waves(new TensorShape(a, b, c), phase);

    // 2 sin(1.7 i + 0.3): numbers in [-2, 2] without a pattern that repeats.
    private static Tensor Waves(TensorShape shape, float phase) => Tensor.Of<float>(shape,
        [.. Enumerable.Range(0, (int)shape.Size).Select(i => (float)(2 * Math.Sin(1.7 * i + 0.3 + phase)))]);

    private static Tensor Pattern(float[] values, params ReadOnlySpan<long> dims) => Tensor.Of<float>(new(dims),
        [.. Enumerable.Range(0, (int)new TensorShape(dims).Size).Select(i => values[i % values.Length])]);
}
