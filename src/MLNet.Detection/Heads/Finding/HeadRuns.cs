using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// The last maps of a file, level by level, and its tail run on numbers of them that are known: noise, zeros and ones.
/// </summary>
internal sealed class HeadRuns
{
    private readonly OnnxModel _model;
    private readonly ImageInput _input;
    private readonly Lazy<TailRun> _noise, _zeros, _ones;

    private HeadRuns(OnnxModel model, ImageInput input, IReadOnlyList<IReadOnlyList<(string, TensorShape)>> levels)
    {
        (_model, _input, Levels) = (model, input, levels);
        var random = new Random(5);
        _noise = new(() => Run(() => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2));
        (_zeros, _ones) = (new(() => Run(() => 0)), new(() => Run(() => 1)));
    }

    /// <summary>Maps of each level, finest first; each level has maps of the same channels.</summary>
    public IReadOnlyList<IReadOnlyList<(string Name, TensorShape Shape)>> Levels { get; }

    /// <summary>Values of the maps and the tail, the maps being noise.</summary>
    public TailRun Noise => _noise.Value;

    /// <summary>The same of maps of zeros.</summary>
    public TailRun Zeros => _zeros.Value;

    /// <summary>The same of maps of ones.</summary>
    public TailRun Ones => _ones.Value;

    /// <summary>Cells of each level with a number of anchors.</summary>
    public IReadOnlyList<(int Cells, int Anchors)> Cells(int anchors) =>
        [.. Levels.Select(level => ((int)(level[0].Shape[2] * level[0].Shape[3]), anchors))];

    /// <summary>The maps of a model; null where they do not make levels.</summary>
    public static HeadRuns? Of(OnnxModel model, ImageInput input, IReadOnlyList<HeadPiece> pieces)
    {
        var levels = pieces.Select(piece => (piece.Map, piece.Shape)).Distinct()
            .GroupBy(map => (map.Shape[2], map.Shape[3])).OrderByDescending(level => level.Key.Item1 * level.Key.Item2)
            .Select(level => (IReadOnlyList<(string, TensorShape)>)[.. level]).ToList();
        return levels.Count > 0 && levels.All(level => Channels(level).SequenceEqual(Channels(levels[0])))
            ? new(model, input, levels) : null;
    }

    private static IEnumerable<long> Channels(IReadOnlyList<(string, TensorShape Shape)> level) =>
        level.Select(map => map.Shape[1]);

    private TailRun Run(Func<float> number)
    {
        var maps = Levels.SelectMany(level => level).ToList();
        var feeds = maps.ToDictionary(map => map.Name, map =>
            Tensor.Of<float>(map.Shape, [.. Enumerable.Range(0, (int)map.Shape.Size).Select(_ => number())]));
        // A tail may ask the picture for its size.
        feeds[_input.Name] = _input.Zeros;
        return TailRun.Of(_model, [.. maps.Select(map => map.Name)], feeds);
    }
}
