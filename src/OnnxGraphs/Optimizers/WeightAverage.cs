using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Exponential moving average of the weights, a += (1 - d) (p - a) after each step, with d = decay (1 - e^(-t / ramp))
/// in step t: early steps count more, so that a short run does not keep its beginning. Polyak and Juditsky 1992,
/// https://doi.org/10.1137/0330046; the ramp is YOLOv5's.
/// </summary>
/// <param name="Decay">What the average keeps of itself in a late step; at least 0 and below 1.</param>
/// <param name="Ramp">Steps after which d has come to 63 % of the decay; 0: d is the decay from the first step on.</param>
public sealed record WeightAverage(double Decay = 0.9998, double Ramp = 2000)
{
    /// <summary>The new average.</summary>
    /// <param name="average">The average before the step; at first the weights that the run starts from.</param>
    /// <param name="parameters">The parameters behind the step.</param>
    /// <param name="step">Number of the step, counted from 1.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Var Update(Var average, Var parameters, Var step)
    {
        Check();
        var change = parameters - average;
        // 1 - d in two parts: in float32, 1 - 0.9998 alone would lose four digits.
        var constant = (float)(1 - Decay);
        return average + (Ramp == 0 ? constant * change
            : ((float)Decay * Op.Exp(step * (float)(-1 / Ramp)) + constant) * change);
    }

    private void Check()
    {
        Require(Decay is >= 0 and < 1, nameof(Decay), Decay, "at least 0 and below 1");
        Require(Ramp is >= 0 and < double.PositiveInfinity, nameof(Ramp), Ramp, "zero or more steps");
    }

    private static void Require(bool holds, string option, double found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(WeightAverage)}.{option} is {found}; expected {expected}.");
    }
}
