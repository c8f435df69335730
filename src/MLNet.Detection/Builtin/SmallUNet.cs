using MLNet.Detection.Images;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace MLNet.Detection.Builtin;

/// <summary>
/// A small U-Net to begin with where there is no exported model: four stages of two convolutions, padded, joined across on
/// the way up, with random weights. Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597
/// </summary>
public sealed record SmallUNet
{
    private const int Stages = 4, Coarsest = 1 << (Stages - 1);

    /// <summary>Names of the classes, without background, at least one.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Pixels of the network's input, a multiple of 8.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Pixels of the network's input, a multiple of 8.</summary>
    public int Height { get; init; } = 128;

    /// <summary>Channels of the first stage; each further one has twice as many.</summary>
    public int FirstChannels { get; init; } = 16;

    /// <summary>Whether pictures keep their own scale; null: they are brought to the network's size.</summary>
    public Tiling? Tiling { get; init; }

    /// <summary>Decides the initial weights: the same seed gives the same file.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// The network with fresh weights: one sigmoid for a single class, else a softmax with background first. Its file takes
    /// <c>images</c> [batch, 3, height, width] and gives <c>logits</c> for training and <c>probabilities</c>, both
    /// [batch, channels, height, width].
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SegmenterModel Build()
    {
        Require(Classes.Count > 0, nameof(Classes), "empty", "at least one name");
        Require(Width > 0 && Width % Coarsest == 0, nameof(Width), Width, $"a multiple of {Coarsest}");
        Require(Height > 0 && Height % Coarsest == 0, nameof(Height), Height, $"a multiple of {Coarsest}");
        Require(FirstChannels > 0, nameof(FirstChannels), FirstChannels, "a positive number");
        var (graph, single) = (new Graph(), Classes.Count == 1);
        var logits = Network(graph, graph.Input("images", 1, 3, Height, Width), single ? 1 : Classes.Count + 1);
        graph.Output("logits", logits);
        graph.Output("probabilities", single ? Logistic(logits) : Softmax(logits, 1));
        return new()
        {
            Model = OpenBatch.Write(graph, "small_unet"), Classes = Classes, MapValue = "logits",
            Activation = single ? MapActivation.Sigmoid : MapActivation.Softmax, BackgroundChannel = single ? null : 0,
            Resize = new(Width, Height), Normalization = new(127.5f, 127.5f), Tiling = Tiling,
        };
    }

    private Var Network(Graph graph, Var images, int channels)
    {
        var (weights, x, across) = (new UniformWeights(Seed), images, new Stack<Var>());
        for (var stage = 0; stage < Stages; stage++)
        {
            x = Two($"down{stage}", stage == 0 ? x : Halved(x), stage);
            if (stage < Stages - 1)
                across.Push(x);
        }
        for (var stage = Stages - 2; stage >= 0; stage--)
            x = Two($"up{stage}", Concat([Convolution.Doubled(x), across.Pop()], 1), stage);
        return New("output", x, channels, kernel: 1, gain: 0.1f);

        Var Two(string name, Var of, int stage) => Relu(New(name + ".conv2",
            Relu(New(name + ".conv1", of, FirstChannels << stage)), FirstChannels << stage));

        Var New(string name, Var of, long filters, long kernel = 3, float gain = 1) =>
            Convolution.Create(graph, weights, name, of.Shape[1], filters, kernel, gain).Apply(of);
    }

    private static Var Halved(Var x) =>
        Apply("MaxPool", [x], new() { { "kernel_shape", new long[] { 2, 2 } }, { "strides", new long[] { 2, 2 } } });

    private static void Require(bool holds, string option, object found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(SmallUNet)}.{option} is {found}; expected {expected}.");
    }
}
