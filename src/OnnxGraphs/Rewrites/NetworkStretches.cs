using OnnxGraphs.Graphs;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// The network of a training step, cut into stretches: what a later stretch or the loss reads is kept, all else may be
/// computed again. The number of cuts is the one with the least to hold at once: what is kept, and the largest stretch.
/// </summary>
internal sealed class NetworkStretches
{
    private const int MostStretches = 64;

    private readonly IReadOnlyList<Node> _nodes;
    private readonly Dictionary<Var, int> _places = [];
    private readonly int[] _lastUse;
    private readonly long[] _bytes, _crossing;
    private readonly IReadOnlyList<int> _cuts;

    /// <summary>Cuts a network.</summary>
    /// <param name="graph">A graph that holds nothing else yet.</param>
    /// <param name="weights">The inputs that are no data of the batch.</param>
    /// <param name="heads">The values that the loss will read.</param>
    public NetworkStretches(Graph graph, IReadOnlyList<Var> weights, IReadOnlyList<Var> heads)
    {
        End = graph.Nodes.Count;
        var ofBatch = graph.Inputs.Except(weights).ToHashSet();
        var needed = Needed(graph, heads);
        _nodes = [.. graph.Nodes.Where(node => needed.Contains(node) && IsOf(node, ofBatch))];
        foreach (var (place, node) in _nodes.Index())
            foreach (var output in node.Outputs)
                _places[output] = place;
        OfBatch = ofBatch;
        _bytes = [.. _nodes.Select(Bytes)];
        _lastUse = [.. Enumerable.Range(0, _nodes.Count)];
        foreach (var (place, node) in _nodes.Index())
            foreach (var input in node.Inputs.OfType<Var>().Where(_places.ContainsKey))
                _lastUse[_places[input]] = place;
        foreach (var head in heads.Where(_places.ContainsKey))
            _lastUse[_places[head]] = _nodes.Count;
        _crossing = Crossing();
        _cuts = Enumerable.Range(1, MostStretches).Select(Cuts).MinBy(Held) ?? [];
    }

    /// <summary>The number of nodes of the network; those behind belong to loss, gradients and update.</summary>
    public int End { get; }

    /// <summary>Values that change with the pictures.</summary>
    public IReadOnlySet<Var> OfBatch { get; }

    /// <summary>For each stretch the last value that is kept of it: where its backward pass begins.</summary>
    public IReadOnlyList<Var> Exits => [.. Enumerable.Range(0, _cuts.Count + 1).Select(Exit)];

    /// <summary>The stretch that computes a value, where that may be computed again; null where it is kept.</summary>
    public int? StretchOf(Var value) =>
        !_places.TryGetValue(value, out var place) || _cuts.Append(_nodes.Count - 1).Any(cut => Crosses(place, cut))
            ? null : _cuts.Count(cut => cut < place);

    // Shapes are known: what only asks for them is no computation.
    private static HashSet<Node> Needed(Graph graph, IReadOnlyList<Var> heads)
    {
        var (needed, read) = (new HashSet<Node>(), heads.ToHashSet());
        foreach (var node in graph.Nodes.Reverse().Where(node => node.Outputs.Any(output => output.Known is null && read.Contains(output))))
        {
            needed.Add(node);
            read.UnionWith(node.Inputs.OfType<Var>());
        }
        return needed;
    }

    private static bool IsOf(Node node, HashSet<Var> ofBatch)
    {
        if (!node.Inputs.Any(input => input is not null && ofBatch.Contains(input)))
            return false;
        ofBatch.UnionWith(node.Outputs);
        return true;
    }

    // What only names values anew takes no memory.
    private static long Bytes(Node node) => node.IsPseudo || node.Op is "Reshape" or "Identity" or "Squeeze" or "Unsqueeze" or "Shape"
        ? 0 : node.Outputs.Sum(output => output.Shape.Size * output.Type.Size());

    private bool Crosses(int place, int cut) => place <= cut && cut < _lastUse[place];

    private Var Exit(int stretch)
    {
        var last = stretch == _cuts.Count ? _nodes.Count - 1 : _cuts[stretch];
        var place = Enumerable.Range(0, last + 1).Last(place => Crosses(place, last));
        return _nodes[place].Outputs[0];
    }

    // For each place the bytes that a cut behind it keeps.
    private long[] Crossing()
    {
        var crossing = new long[_nodes.Count + 1];
        for (var place = 0; place < _nodes.Count; place++)
        {
            crossing[place] += _bytes[place];
            crossing[_lastUse[place]] -= _bytes[place];
        }
        for (var place = 1; place < crossing.Length; place++)
            crossing[place] += crossing[place - 1];
        return crossing;
    }

    // Evenly by bytes; within a third of a stretch the cut is where least is kept.
    private IReadOnlyList<int> Cuts(int stretches)
    {
        var (part, sum, cuts) = (_bytes.Sum() / (double)stretches, 0L, new SortedDictionary<int, int>());
        for (var place = 0; place < _nodes.Count - 1; place++)
        {
            sum += _bytes[place];
            var nearest = (int)Math.Round(sum / part);
            if (nearest < 1 || nearest >= stretches || Math.Abs(sum - nearest * part) > part / 3)
                continue;
            if (!cuts.TryGetValue(nearest, out var best) || _crossing[place] < _crossing[best])
                cuts[nearest] = place;
        }
        return [.. cuts.Values];
    }

    private long Held(IReadOnlyList<int> cuts)
    {
        var kept = Enumerable.Range(0, _nodes.Count).Where(place => cuts.Any(cut => Crosses(place, cut))).Sum(place => _bytes[place]);
        return kept + cuts.Append(_nodes.Count - 1).Zip(cuts.Prepend(-1), (to, from) => _bytes[(from + 1)..(to + 1)].Sum())
            .DefaultIfEmpty().Max();
    }
}
