using System.Numerics;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>The operations of <see cref="VectorLoop"/>.</summary>
internal static class VectorOperations
{
    private static Vector<float> Ones(Vector<int> mask) =>
        Vector.ConditionalSelect(mask, Vector<float>.One, Vector<float>.Zero);

    /// <summary>max(0, min(1, alpha x + beta)).</summary>
    internal readonly struct HardSigmoid(float alpha, float beta) : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => Vector.Max(Vector<float>.Zero,
            Vector.Min(Vector<float>.One, a * new Vector<float>(alpha) + new Vector<float>(beta)));
    }

    /// <summary>x max(0, min(1, x / 6 + 1 / 2)).</summary>
    internal readonly struct HardSwish : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) =>
            a * new HardSigmoid(1 / 6f, 0.5f).Of(a, b, c);
    }

    /// <summary>x where x is not negative, else slope x; the slope is a number or the second operand.</summary>
    internal readonly struct LeakyRelu(float? alpha) : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => Vector.ConditionalSelect(
            Vector.LessThan(a, Vector<float>.Zero), a * (alpha is { } slope ? new Vector<float>(slope) : b), a);
    }

    /// <summary>-1, 0 or 1.</summary>
    internal readonly struct Sign : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) =>
            Ones(Vector.GreaterThan(a, Vector<float>.Zero)) - Ones(Vector.LessThan(a, Vector<float>.Zero));
    }

    /// <summary>1 where a = b, else 0.</summary>
    internal readonly struct Equal : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => Ones(Vector.Equals(a, b));
    }

    /// <summary>1 where a > b, else 0.</summary>
    internal readonly struct Greater : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => Ones(Vector.GreaterThan(a, b));
    }

    /// <summary>1 where a >= b, else 0.</summary>
    internal readonly struct GreaterOrEqual : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) =>
            Ones(Vector.GreaterThanOrEqual(a, b));
    }

    /// <summary>b where a is not 0, else c.</summary>
    internal readonly struct Where : IVectorOperation
    {
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) =>
            Vector.ConditionalSelect(Vector.Equals(a, Vector<float>.Zero), c, b);
    }
}
