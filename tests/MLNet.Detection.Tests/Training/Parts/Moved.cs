using MLNet.Detection.Networks;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Training.Parts;

/// <summary>How far training moved the weights of a model, and how far two runs are from each other.</summary>
internal static class Moved
{
    /// <summary>The distance of two runs from one start as a share of the way of the first.</summary>
    public static double Apart(PictureNetwork start, PictureNetwork one, PictureNetwork other)
    {
        var names = TrainableWeights.Of(start.Model, start.RawValues);
        float[][] all = [.. new[] { start, one, other }.Select(model => Weights(model, names))];
        var way = Distance(all[0], all[1]);
        Assert.IsGreaterThan(0.0, way, "nothing was learnt");
        return Distance(all[1], all[2]) / way;
    }

    /// <summary>All weights that training may change.</summary>
    public static float[] Weights(PictureNetwork model) =>
        Weights(model, TrainableWeights.Of(model.Model, model.RawValues));

    private static float[] Weights(PictureNetwork model, IReadOnlyList<string> names) =>
        [.. names.SelectMany(name => model.Model.Initializers[name].ToTensor().Values<float>().ToArray())];

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => Math.Pow((double)x - y, 2)).Sum());
}
