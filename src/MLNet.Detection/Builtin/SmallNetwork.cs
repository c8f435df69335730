using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace MLNet.Detection.Builtin;

/// <summary>
/// The network of <see cref="SmallDetector"/>: a residual backbone, a feature pyramid over its last three stages (Lin
/// et al. 2017, https://arxiv.org/abs/1612.03144) and one pair of heads for all levels (Lin et al. 2017,
/// https://arxiv.org/abs/1708.02002). It has no normalisation layer, whose statistics a small batch would spoil:
/// residual branches begin near zero instead (Zhang et al. 2019, https://arxiv.org/abs/1901.09321).
/// </summary>
internal sealed class SmallNetwork(Graph graph, SmallDetector options, int anchorsPerCell)
{
    private const int FirstPyramidStage = 2;

    // -log((1 - p) / p) at p = 0.01: at first all anchors say "rarely", and background does not drown the loss.
    private static readonly float PriorBias = (float)-Math.Log((1 - 0.01) / 0.01);

    private readonly UniformWeights _weights = new(options.Seed);

    /// <summary>Raw class logits [B, N, C] and box deltas [B, N, 4] of images [B, 3, H, W].</summary>
    public (Var Logits, Var Deltas) Heads(Var images)
    {
        var levels = Pyramid(Backbone(images));
        var width = options.PyramidChannels;
        var classes = Head("head.class", options.Classes.Count, PriorBias);
        var boxes = Head("head.box", 4, 0);
        return (Concat([.. levels.Select(classes)], 1), Concat([.. levels.Select(boxes)], 1));

        Func<Var, Var> Head(string name, long columns, float bias)
        {
            var tower = New(name + ".tower", width, width);
            var output = New(name + ".output", width, anchorsPerCell * columns, gain: 0.1f, bias: bias);
            return level => Rows(output.Apply(Relu(tower.Apply(level))), columns);
        }
    }

    // Feature maps of the stages from stride 8 on.
    private List<Var> Backbone(Var images)
    {
        var maps = new List<Var>();
        var x = Relu(New("backbone.stem", 3, options.StageChannels[0]).Apply(images, stride: 2));
        for (var stage = 1; stage < options.StageChannels.Count; stage++)
        {
            var (name, width) = ($"backbone.{stage}", options.StageChannels[stage]);
            x = Relu(New(name + ".down", x.Shape[1], width).Apply(x, stride: 2));
            x = Residual(name, x, width);
            if (stage >= FirstPyramidStage)
                maps.Add(x);
        }
        return maps;
    }

    private Var Residual(string name, Var x, int width)
    {
        var inner = Relu(New(name + ".conv1", width, width).Apply(x));
        return Relu(x + New(name + ".conv2", width, width, gain: 0.25f).Apply(inner));
    }

    // p_i = smooth(lateral(c_i) + upsample(top-down of i + 1)), finest first.
    private List<Var> Pyramid(List<Var> maps)
    {
        var width = options.PyramidChannels;
        var levels = new List<Var>();
        Var? above = null;
        for (var i = maps.Count - 1; i >= 0; i--)
        {
            var lateral = New($"fpn.lateral{i}", maps[i].Shape[1], width, kernel: 1, gain: 0.7f).Apply(maps[i]);
            above = above is null ? lateral : lateral + Convolution.Doubled(above);
            levels.Insert(0, Relu(New($"fpn.smooth{i}", width, width).Apply(above)));
        }
        return levels;
    }

    private Convolution New(
        string name, long channels, long filters, long kernel = 3, float gain = 1, float bias = 0) =>
        Convolution.Create(graph, _weights, name, channels, filters, kernel, gain, bias);

    // [B, A columns, H, W] to [B, H W A, columns]: the order of the anchors is row, column, anchor of the cell.
    private static Var Rows(Var map, long columns) =>
        Apply("Reshape", [Transpose(map, 0, 2, 3, 1), map.Graph.Constant(0, -1, columns)]);
}
