using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Tests.Optimizers;

/// <summary>The average against its formula in float64.</summary>
[TestClass]
public sealed class WeightAverageTests
{
    private const int Size = 9;

    // Late steps too: 1 - d is small there, and must keep its digits.
    [TestMethod]
    [DataRow(0.9998, 2000d, 1)]
    [DataRow(0.9998, 2000d, 50_000)]
    [DataRow(0.999999, 10d, 1000)]
    [DataRow(0.9, 3d, 4)]
    [DataRow(0.9, 0d, 1)]
    [DataRow(0d, 5d, 2)]
    public void FollowsItsFormula(double decay, double ramp, int first)
    {
        var average = new WeightAverage(decay, ramp);
        var (found, exact) = (new float[Size], new double[Size]);
        for (var step = first; step < first + 10; step++)
        {
            var weights = new RandomTensors(step).Normal(Size).Values<float>().ToArray();
            var (before, d) = (found, decay * (ramp == 0 ? 1 : 1 - Math.Exp(-step / ramp)));
            found = Run(average, found, weights, step);
            for (var i = 0; i < Size; i++)
            {
                // In one step to a few units of its own change, over all steps to float32's rounding.
                var change = (1 - d) * (weights[i] - (double)before[i]);
                Assert.AreEqual(before[i] + change, found[i],
                    3e-6 * Math.Abs(change) + 6e-8 * Math.Abs(before[i]), $"{i} after step {step}");
                exact[i] = d * exact[i] + (1 - d) * weights[i];
                Assert.AreEqual(exact[i], found[i], 1e-6, $"{i} after step {step}");
            }
        }
    }

    [TestMethod]
    public void WeightsThatStayAreTheirAverage()
    {
        float[] weights = [1, -3e-7f, 5e12f, 0];
        CollectionAssert.AreEqual(weights, Run(new(), weights, weights, 7));
    }

    [TestMethod]
    public void RefusesOptionsOutOfRange()
    {
        Refuses(new(1), "WeightAverage.Decay is 1;");
        Refuses(new(-0.1), "WeightAverage.Decay is -0.1;");
        Refuses(new(double.NaN), "WeightAverage.Decay is NaN;");
        Refuses(new(0.9, -1), "WeightAverage.Ramp is -1;");
        Refuses(new(0.9, double.PositiveInfinity), "WeightAverage.Ramp is");
    }

    private static void Refuses(WeightAverage average, string start)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Run(average, [1], [1], 1));
        StringAssert.StartsWith(error.Message, start);
        StringAssert.Contains(error.Message, "expected");
    }

    private static float[] Run(WeightAverage average, float[] old, float[] weights, int step)
    {
        var graph = new Graph();
        var next = average.Update(
            graph.Input("average", old.Length), graph.Input("weights", old.Length), graph.Input("step"));
        var model = GraphWriter.Write([next]);
        (string Name, Tensor Value)[] feeds = [("average", Tensor.Vector<float>(old)),
            ("weights", Tensor.Vector<float>(weights)), ("step", Tensor.Scalar(ElementType.Float32, step))];
        var fed = feeds.Where(feed => model.Inputs.Any(input => input.Name == feed.Name)).ToArray();
        return OnnxRun.Once(model, fed)[0].Values<float>().ToArray();
    }
}
