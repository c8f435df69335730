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

    /// <summary>Numbers in [0, high), of which the given share is not 0.</summary>
    public Var Uniform(string name, double high, double share, params long[] dims) => Feed(name, dims, () =>
        _random.NextDouble() < share ? (float)(high * _random.NextDouble()) : 0f);

    /// <summary>Any of the class numbers.</summary>
    public Var Labels(string name, int classes, params long[] dims) => Feed(name, dims, () =>
        _random.NextInt64(classes));

    /// <summary>Boxes by their corners, x0 y0 x1 y1, in a picture of 320 x 320 pixels.</summary>
    public Var Corners(string name, long boxes)
    {
        var (i, box) = (0, new float[4]);
        return Feed(name, [boxes, 4], () =>
        {
            for (var axis = 0; axis < 2 && i % 4 == 0; axis++)
                box[axis] = 200 * _random.NextSingle();
            for (var axis = 0; axis < 2 && i % 4 == 2; axis++)
                box[2 + axis] = box[axis] + 20 + 100 * _random.NextSingle();
            return box[i++ % 4];
        });
    }

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
