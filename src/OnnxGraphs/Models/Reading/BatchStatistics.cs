using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>
/// BatchNormalization in its training form: y = (x - m) / sqrt(v + eps) scale + bias with mean m and variance v of the
/// batch, and the running statistics r' = momentum r + (1 - momentum) s, s being m or v n / (n - 1) of n numbers a
/// channel. Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167; as torch.nn.BatchNorm2d.
/// </summary>
/// <param name="names">The running statistics that are kept; layers with others are left in their inference form.</param>
internal sealed class BatchStatistics(IReadOnlyCollection<string> names)
{
    private readonly Dictionary<string, Var> _next = new(StringComparer.Ordinal);

    /// <summary>What a running statistic is behind the step.</summary>
    public Var Next(string name) => _next[name];

    /// <summary>The node in training form; null where it stays as it is.</summary>
    public Var? Normalized(NodeProto node, IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        if (inputs is not [{ } x, { } scale, { } bias, { } mean, { } variance] || !names.Contains(node.Input[3])
            || !names.Contains(node.Input[4]))
            return null;
        long[] axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis != 1).Select(axis => (long)axis)];
        var count = x.Shape.Size / x.Shape[1];
        if (count < 2)
            throw new GraphException($"BatchNormalization '{node.Name}' sees one number a channel, which has no variance; "
                + "take a larger batch, or leave its statistics as they are.");
        var m = Op.ReduceMean(x, axes);
        var centred = x - m;
        var v = Op.ReduceMean(centred * centred, axes);
        var momentum = attributes.Float("momentum", 0.9f);
        Keep(node.Input[3], mean, m, momentum);
        Keep(node.Input[4], variance, v * ((float)count / (count - 1)), momentum);
        // One factor a channel, so that of the map nothing but its distance to the mean is kept for the gradients.
        var factor = PerChannel(scale, m) / Op.Sqrt(v + attributes.Float("epsilon", 1e-5f));
        return centred * factor + PerChannel(bias, m);
    }

    // A layer that is used twice takes both batches into account, one after the other.
    private void Keep(string name, Var stored, Var statistic, float momentum)
    {
        var running = _next.GetValueOrDefault(name) ?? stored;
        _next[name] = momentum * running + (1f - momentum) * Op.Reshape(statistic, running.Shape);
    }

    private static Var PerChannel(Var vector, Var like) => Op.Reshape(vector, like.Shape);
}
