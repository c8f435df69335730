using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Tests.Optimizers;

/// <summary>Ten steps of each update rule against its formula in float64.</summary>
[TestClass]
public sealed class OptimizerTests
{
    private const int Size = 7, Steps = 10;

    [TestMethod]
    [DataRow(0f, false, 0f)]
    [DataRow(0f, false, 0.1f)]
    [DataRow(0.9f, false, 0f)]
    [DataRow(0.9f, false, 0.01f)]
    [DataRow(0.9f, true, 0.01f)]
    public void SgdFollowsItsFormula(float momentum, bool nesterov, float decay) =>
        Follows(new Sgd(momentum, nesterov) { WeightDecay = decay }, (p, g, state, rate, step) =>
        {
            g += decay * p;
            var m = state[0] = momentum * state[0] + g;
            return p - rate * (nesterov ? g + momentum * m : m);
        });

    [TestMethod]
    [DataRow(0.9f, 0.999f, 1e-8f, 0f)]
    [DataRow(0.9f, 0.999f, 1e-8f, 0.1f)]
    [DataRow(0.5f, 0.9f, 1e-2f, 0.1f)]
    [DataRow(0f, 0f, 1e-3f, 0f)]
    public void AdamWFollowsItsFormula(float beta1, float beta2, float epsilon, float decay) =>
        Follows(new AdamW(beta1, beta2, epsilon) { WeightDecay = decay }, (p, g, state, rate, step) =>
        {
            p -= rate * decay * p;
            state[0] = beta1 * state[0] + (1 - (double)beta1) * g;
            state[1] = beta2 * state[1] + (1 - (double)beta2) * g * g;
            var (m, v) = (state[0] / (1 - Math.Pow(beta1, step)), state[1] / (1 - Math.Pow(beta2, step)));
            return p - rate * m / (Math.Sqrt(v) + epsilon);
        });

    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.1f)]
    public void AdamFollowsItsFormula(float decay) =>
        Follows(new Adam { WeightDecay = decay }, (p, g, state, rate, step) =>
        {
            g += decay * p;
            state[0] = 0.9f * state[0] + (1 - (double)0.9f) * g;
            state[1] = 0.999f * state[1] + (1 - (double)0.999f) * g * g;
            var (m, v) = (state[0] / (1 - Math.Pow(0.9f, step)), state[1] / (1 - Math.Pow(0.999f, step)));
            return p - rate * m / (Math.Sqrt(v) + 1e-8);
        });

    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(0.9f, 0.1f)]
    public void RmsPropFollowsItsFormula(float momentum, float decay) =>
        Follows(new RmsProp(0.99f, momentum) { WeightDecay = decay }, (p, g, state, rate, step) =>
        {
            g += decay * p;
            state[0] = 0.99f * state[0] + (1 - (double)0.99f) * g * g;
            var d = g / (Math.Sqrt(state[0]) + 1e-8);
            return p - rate * (momentum == 0 ? d : state[1] = momentum * state[1] + d);
        });

    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.1f)]
    public void LionFollowsItsFormula(float decay) => Follows(new Lion { WeightDecay = decay }, (p, g, state, rate, step) =>
    {
        p -= rate * decay * p;
        p -= rate * Math.Sign(0.9f * state[0] + (1 - (double)0.9f) * g);
        state[0] = 0.99f * state[0] + (1 - (double)0.99f) * g;
        return p;
    });

    // The step number is large: 1 - b^t must not lose its digits at t = 1, nor overflow later.
    [TestMethod]
    [DataRow(1)]
    [DataRow(100_000)]
    public void AdamWTakesAStepOfTheLearningRate(int step)
    {
        var (p, g) = (new float[] { 1, -1 }, new float[] { 1e-3f, -5 });
        var correct = 1 - Math.Pow(0.999f, step);
        var v = g.Select(x => (float)(x * x * (1 - 0.999) * (step == 1 ? 0 : correct / (1 - 0.999)))).ToArray();
        var m = g.Select(x => (float)(x * (step == 1 ? 0 : 1 - Math.Pow(0.9f, step)))).ToArray();
        var next = Run(new AdamW(), p, g, [m, v], 0.01f, step)[0];
        Assert.AreEqual(0.99, next[0], 2e-5);
        Assert.AreEqual(-0.99, next[1], 2e-5);
    }

    [TestMethod]
    [DataRow(0.5f)]
    [DataRow(100f)]
    public void ClipsTheGlobalNorm(float limit)
    {
        var (p, g) = (Random(1), Random(2));
        var norm = Math.Sqrt(g.Sum(x => (double)x * x));
        var scale = Math.Min(1, limit / (norm + 1e-6));
        var next = Run(new Sgd(0f) { ClipNorm = limit }, p, g, [], 0.1f, 1)[0];
        for (var i = 0; i < Size; i++)
            Assert.AreEqual(p[i] - 0.1f * scale * g[i], next[i], 1e-6);
    }

    // A gradient that is no number must not hide behind the clipping.
    [TestMethod]
    public void ClippingDoesNotHideNaN()
    {
        var next = Run(new Sgd(0f) { ClipNorm = 1 }, [1, 1], [float.NaN, 1], [], 0.1f, 1)[0];
        Assert.IsTrue(float.IsNaN(next[0]));
    }

    [TestMethod]
    public void RefusesOptionsOutOfRange()
    {
        Refuses(new Sgd(1f), "Sgd.Momentum is 1;");
        Refuses(new Sgd { WeightDecay = -1 }, "Sgd.WeightDecay is -1;");
        Refuses(new Sgd { ClipNorm = 0 }, "Sgd.ClipNorm is 0;");
        Refuses(new AdamW(1f), "AdamW.Beta1 is 1;");
        Refuses(new AdamW(0.9f, -1f), "AdamW.Beta2 is -1;");
        Refuses(new AdamW(Epsilon: 0), "AdamW.Epsilon is 0;");
        Refuses(new AdamW { WeightDecay = float.NaN }, "AdamW.WeightDecay is NaN;");
        Refuses(new RmsProp(1f), "RmsProp.Smoothing is 1;");
        Refuses(new Lion(Beta2: 1f), "Lion.Beta2 is 1;");
    }

    private static void Refuses(Optimizer optimizer, string start)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Run(optimizer, [1], [1], [], 0.1f, 1));
        StringAssert.StartsWith(error.Message, start);
        StringAssert.Contains(error.Message, "expected");
    }

    private static void Follows(Optimizer optimizer, Func<double, double, double[], double, int, double> formula)
    {
        var (p, slots) = (Random(1), optimizer.Slots.Select(_ => new float[Size]).ToArray());
        var (exact, state) = (p.Select(x => (double)x).ToArray(), p.Select(_ => new double[2]).ToArray());
        for (var step = 1; step <= Steps; step++)
        {
            var (g, rate) = (Random(10 + step), 0.1f / step);
            var next = Run(optimizer, p, g, slots, rate, step);
            (p, slots) = (next[0], next[1..]);
            for (var i = 0; i < Size; i++)
            {
                exact[i] = formula(exact[i], g[i], state[i], rate, step);
                Assert.AreEqual(exact[i], p[i], 2e-5 * (1 + Math.Abs(exact[i])), $"element {i} after step {step}");
            }
        }
    }

    private static float[] Random(int seed) => new RandomTensors(seed).Normal(Size).Values<float>().ToArray();

    private static float[][] Run(Optimizer optimizer, float[] p, float[] g, float[][] slots, float rate, int step)
    {
        var graph = new Graph();
        var (size, inputs) = (p.Length,
            new List<(string, Tensor)> { ("p", Tensor.Vector<float>(p)), ("g", Tensor.Vector<float>(g)) });
        inputs.AddRange(
            [("rate", Tensor.Scalar(ElementType.Float32, rate)), ("step", Tensor.Scalar(ElementType.Float32, step))]);
        inputs.AddRange(optimizer.Slots.Zip(slots, (name, values) => (name, Tensor.Vector<float>(values))));
        var vars = optimizer.Slots.Select(slot => graph.Input(slot, size)).ToList();
        var update = optimizer.Update(graph.Input("p", size), graph.Input("g", size), vars, graph.Input("rate"),
            graph.Input("step"));
        var model = GraphWriter.Write([update.Parameters, .. update.Slots]);
        var fed = inputs.Where(input => model.Inputs.Any(i => i.Name == input.Item1)).ToArray();
        return [.. OnnxRun.Once(model, fed).Select(tensor => tensor.Values<float>().ToArray())];
    }
}
