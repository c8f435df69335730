using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// p = sigmoid(x), q = 1 - p and their logarithms, right to the last digits for every x: all of it stands on e^-|x|
/// &lt;= 1. The losses give the derivatives themselves, because |x| and max(x, 0) have a kink where p has none.
/// </summary>
internal readonly record struct Logit(Var X)
{
    /// <summary>-log(1 - p) = log(1 + e^x).</summary>
    public Var Softplus => Relu(X) + Tail;

    /// <summary>p with its derivative p q, for use in formulas.</summary>
    public Var Probability => WithGradient(P, (X, P * Q));

    /// <summary>-a t log p - b (1 - t) log(1 - p) with its derivative; a and b are constants or broadcast.</summary>
    public Var WeightedCrossEntropy(Var t, Var a, Var b)
    {
        var (positive, negative) = (a * t, b * (1f - t));
        return WithGradient(positive * (Relu(X) - X + Tail) + negative * Softplus, (X, negative * P - positive * Q));
    }

    /// <summary>p = e^(x - log(1 + e^x)).</summary>
    public Var P => Exp(X - Softplus);

    /// <summary>1 - p, without the subtraction.</summary>
    public Var Q => Exp(-Softplus);

    /// <summary>-t log p - (1 - t) log(1 - p) = log(1 + e^x) - t x, where x - x cancels exactly at t = 1.</summary>
    public Var CrossEntropy(Var t) => WithGradient(Relu(X) - X * t + Tail, (X, P - t));

    // log(1 + e) with e = e^-|x|. The sum u = 1 + e drops digits of a small e; (e - (u - 1)) / u gives them back.
    private Var Tail
    {
        get
        {
            var e = Exp(-Abs(X));
            var u = e + 1f;
            return Log(u) + (e - (u - 1f)) / u;
        }
    }
}
