using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>Seeded weights, pictures and targets.</summary>
internal static class RandomData
{
    public const string Classes = "target/classes", Boxes = "target/boxes";

    /// <summary>
    /// The model with weights of products that are all zero, as files without weights have them, drawn by He et al. 2015:
    /// normal, variance 2 over the inputs of a sum.
    /// </summary>
    public static OnnxModel Weights(ParameterLayout layout, OnnxModel model)
    {
        var (random, vector) = (new Random(1), layout.Gather(model));
        foreach (var entry in layout.Entries.Where(entry => entry.Shape.Rank > 1))
        {
            var values = vector.AsSpan((int)entry.Offset, (int)entry.Shape.Size);
            if (values.ContainsAnyExcept(0f))
                continue;
            var deviation = Math.Sqrt(2.0 * entry.Shape[0] / entry.Shape.Size);
            foreach (ref var value in values)
                value = (float)(deviation * Normal(random));
        }
        return layout.Scatter(vector, model);
    }

    /// <summary>Fills a set of a run's inputs: pixels from -1 to 1, four places of a thousand with an object.</summary>
    public static void Fill(TrainingRun run, int seed = 1, int set = 0)
    {
        var random = new Random(seed);
        var pictures = run.Graph.Data.Select(input => input.Name).Single(name => name is not (Classes or Boxes));
        foreach (ref var pixel in run.Input<float>(pictures, set))
            pixel = random.NextSingle() * 2 - 1;
        foreach (ref var number in run.Input<float>(Boxes, set))
            number = random.NextSingle() * 2 - 1;
        foreach (ref var number in run.Input<long>(Classes, set))
            number = random.Next(1000) < 4 ? 0 : -1;
    }

    /// <summary>Normal numbers, mean 0, deviation 1.</summary>
    public static float[] Normal(long count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (float)Normal(random);
        return values;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
