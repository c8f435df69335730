using OnnxGraphs.Graphs;

namespace Benchmarks.Losses;

/// <summary>The inputs of a benchmark's graph with seeded random values.</summary>
internal sealed class Feeds
{
    private readonly Random _random = new(1);

    public Graph Graph { get; } = new();

    public Dictionary<string, Tensor> Values { get; } = [];

    /// <summary>Normal numbers, mean -2, deviation 2: logits of a head in training.</summary>
    public Var Normal(string name, params long[] dims) => Feed(name, dims, () =>
    {
        var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())), 2 * Math.PI * _random.NextDouble());
        return (float)(2 * radius * Math.Cos(angle) - 2);
    });

    /// <summary>1 with the given probability, else 0.</summary>
    public Var Binary(string name, double share, params long[] dims) => Feed(name, dims, () =>
        _random.NextDouble() < share ? 1f : 0f);

    /// <summary>Of 1000 anchors 4 positive, 6 ignored, the others background.</summary>
    public Var Classes(string name, int classes, params long[] dims) => Feed(name, dims, () => _random.Next(1000) switch
    {
        < 4 => _random.NextInt64(classes),
        < 10 => -2L,
        _ => -1L,
    });

    private Var Feed<T>(string name, long[] dims, Func<T> next) where T : unmanaged
    {
        var values = new T[dims.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
            values[i] = next();
        Values[name] = Tensor.Of<T>(new(dims), values);
        return Graph.Input(name, Values[name].Type, Values[name].Shape);
    }
}
