using MLNet.Detection.Anchors;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.Builtin;

/// <summary>
/// A small detector to begin with where there is no exported model: single-stage, with a feature pyramid of three
/// levels, RetinaNet's anchors and heads (Lin et al. 2017, https://arxiv.org/abs/1708.02002) and random weights, which
/// <see cref="ScratchRecipe"/> trains.
/// </summary>
public sealed record SmallDetector
{
    /// <summary>Strides of the pyramid's levels, in pixels.</summary>
    internal static readonly int[] Strides = [8, 16, 32];

    /// <summary>Names of the classes, at least one.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Pixels of the network's input, a multiple of 32.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Pixels of the network's input, a multiple of 32.</summary>
    public int Height { get; init; } = 128;

    /// <summary>Channels of the backbone's five stages, at strides 2, 4, 8, 16 and 32.</summary>
    public IReadOnlyList<int> StageChannels { get; init; } = [16, 32, 64, 96, 96];

    /// <summary>Channels of the feature pyramid and of the heads.</summary>
    public int PyramidChannels { get; init; } = 64;

    /// <summary>Side of a level's smallest square anchor, in strides; two more follow, 2^(1/3) and 2^(2/3) times as
    /// long. The levels together reach from 8 times this many pixels to 51 times.</summary>
    public float AnchorScale { get; init; } = 2f;

    /// <summary>Height / width of the anchors.</summary>
    public IReadOnlyList<float> AspectRatios { get; init; } = [0.5f, 1f, 2f];

    /// <summary>Decides the initial weights: the same seed gives the same file.</summary>
    public int Seed { get; init; } = 1;

    internal RetinaNetAnchors AnchorScheme => RetinaNetAnchors.WithRatios([.. Strides.Select(Sizes)], AspectRatios)
        with { Round = false, CenterOffset = 0.5f };

    /// <summary>
    /// The detector with fresh weights. Its file takes <c>images</c> [batch, 3, height, width] and gives
    /// <c>class_logits</c> [batch, anchors, classes] and <c>box_deltas</c> [batch, anchors, 4] for training, and
    /// <c>scores</c>, of the same shape as the logits, and <c>boxes</c>, x0 y0 x1 y1 in pixels of the input, for
    /// programs that know nothing of anchors.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DetectorModel Build()
    {
        Check();
        var scheme = AnchorScheme;
        var maps = Strides.Select(stride => GridSize.FromStride(Width, Height, stride));
        var anchors = scheme.Generate(Width, Height, [.. maps]);
        var decoder = DetectionDecoder.RetinaNet;
        var graph = new Graph();
        var images = graph.Input("images", 1, 3, Height, Width);
        var (logits, deltas) = new SmallNetwork(graph, this, scheme.AnchorsPerCell(0)).Heads(images);
        var tail = new DecodingTail(anchors, decoder.Coder);
        tail.Append(graph.Output("class_logits", logits), graph.Output("box_deltas", deltas));
        return new()
        {
            Model = OpenBatch.Write(graph, "small_detector"),
            ClassValue = "class_logits",
            BoxValue = "box_deltas",
            Classes = Classes,
            Anchors = anchors,
            Resize = new(Width, Height),
            Normalization = Normalization.ImageNet,
            Decoder = decoder,
        };
    }

    private float[] Sizes(int stride) =>
        [.. Enumerable.Range(0, 3).Select(octave => AnchorScale * stride * MathF.Pow(2, octave / 3f))];

    private void Check()
    {
        var coarsest = Strides[^1];
        Require(Classes.Count > 0, nameof(Classes), "empty", "at least one name");
        Require(Width > 0 && Width % coarsest == 0, nameof(Width), Width, $"a multiple of {coarsest}");
        Require(Height > 0 && Height % coarsest == 0, nameof(Height), Height, $"a multiple of {coarsest}");
        Require(StageChannels.Count == 5 && StageChannels.All(n => n > 0), nameof(StageChannels),
            $"[{string.Join(", ", StageChannels)}]", "five positive numbers");
        Require(PyramidChannels > 0, nameof(PyramidChannels), PyramidChannels, "a positive number");
        Require(AnchorScale > 0, nameof(AnchorScale), AnchorScale, "a positive number");
        Require(AspectRatios.Count > 0 && AspectRatios.All(r => r > 0), nameof(AspectRatios),
            $"[{string.Join(", ", AspectRatios)}]", "positive numbers, at least one");
    }

    private static void Require(bool holds, string option, object found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(SmallDetector)}.{option} is {found}; expected {expected}.");
    }
}
