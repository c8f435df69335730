using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests;

/// <summary>Random inputs, the same ones in every run.</summary>
internal sealed class RandomTensors(int seed = 1)
{
    private readonly Random _random = new(seed);

    /// <summary>Normal values with mean 0 and standard deviation 1.</summary>
    public Tensor Normal(params long[] dims) => Filled(dims, () =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    /// <summary>Uniform values in [low, high).</summary>
    public Tensor Uniform(double low, double high, params long[] dims) =>
        Filled(dims, () => low + (high - low) * _random.NextDouble());

    /// <summary>
    /// Values that differ by at least 0.1 from one another and by 0.05 from 0: no kink of a maximum is near.
    /// </summary>
    public Tensor Distinct(params long[] dims)
    {
        var places = Enumerable.Range(0, (int)new TensorShape(dims).Size).ToArray();
        _random.Shuffle(places);
        var next = 0;
        return Filled(dims, () => 0.1 * (places[next++] - places.Length / 2 + 0.5));
    }

    /// <summary>Fills inputs with uniform values in [0, 1).</summary>
    public static void Fill(Span<float> values, int seed)
    {
        var random = new Random(seed);
        foreach (ref var value in values)
            value = random.NextSingle();
    }

    private static Tensor Filled(long[] dims, Func<double> value)
    {
        var shape = new TensorShape(dims);
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)value();
        return Tensor.Of<float>(shape, values);
    }
}
