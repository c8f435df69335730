using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Tiles of 4 x 4 outputs: nodes 0, a, -a, b, -b and infinity with a = sqrt(1/2), b = sqrt(2). Of the pairs tried they round
// least, half of the error that the usual 1 and 2 have (Barabasz et al. 2020, https://arxiv.org/abs/1803.10986, on the choice
// of nodes).
internal sealed unsafe partial class InnerLoops<V, S>
{
    private const float A = 0.70710678f, B = 1.41421356f;

    // From d at 0 to 5: for each node n the product of (x - m) over the other nodes m, with d(k) for x^k.
    private readonly struct InputFour : IWinogradAxis
    {
        public static int From => 6;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V d1 = S.Load(from + fromStep), d2 = S.Load(from + 2 * fromStep), d3 = S.Load(from + 3 * fromStep);
            V d4 = S.Load(from + 4 * fromStep), middle = S.Repeat(-(A * A + B * B));
            W.Store(S.MultiplyAdd(middle, d2, S.Add(d4, S.Load(from))), to);
            W.Store(S.MultiplyAdd(middle, d3, S.Add(S.Load(from + 5 * fromStep), d1)), to + 5 * toStep);
            V othersSquare = S.Repeat(-B * B), even = S.MultiplyAdd(othersSquare, d2, d4);
            StorePair<W>(even, A, S.MultiplyAdd(othersSquare, d1, d3), to + toStep, toStep);
            othersSquare = S.Repeat(-A * A);
            even = S.MultiplyAdd(othersSquare, d2, d4);
            StorePair<W>(even, B, S.MultiplyAdd(othersSquare, d1, d3), to + 3 * toStep, toStep);
        }
    }

    // From g at 0 to 2: the polynomial's value at each node n, over the product of n - m over the other nodes m.
    private readonly struct WeightsFour : IWinogradAxis
    {
        public static int From => 3;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V g0 = S.Load(from), g1 = S.Load(from + fromStep), g2 = S.Load(from + 2 * fromStep);
            W.Store(g0, to);
            StorePair<W>(Scaled(g0, OverA, g2, OverA * A * A), OverA * A, g1, to + toStep, toStep);
            StorePair<W>(Scaled(g0, OverB, g2, OverB * B * B), OverB * B, g1, to + 3 * toStep, toStep);
            W.Store(g2, to + 5 * toStep);
        }
    }

    // From g at 0 to 3, as for three weights.
    private readonly struct OutputGradientFour : IWinogradAxis
    {
        public static int From => 4;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V g0 = S.Load(from), g1 = S.Load(from + fromStep), g2 = S.Load(from + 2 * fromStep);
            var g3 = S.Load(from + 3 * fromStep);
            W.Store(g0, to);
            StorePair<W>(Scaled(g0, OverA, g2, OverA * A * A), OverA * A, S.MultiplyAdd(S.Repeat(A * A), g3, g1),
                to + toStep, toStep);
            StorePair<W>(Scaled(g0, OverB, g2, OverB * B * B), OverB * B, S.MultiplyAdd(S.Repeat(B * B), g3, g1),
                to + 3 * toStep, toStep);
            W.Store(g3, to + 5 * toStep);
        }
    }

    // y(k) = sum over nodes n of n^k m(n); infinity adds to the last y.
    private readonly struct OutputFour : IWinogradAxis
    {
        public static int From => 6;

        public static int To => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V evenA = LoadPair(from + fromStep, fromStep, out var oddA);
            V evenB = LoadPair(from + 3 * fromStep, fromStep, out var oddB);
            W.Store(S.Add(S.Load(from), S.Add(evenA, evenB)), to);
            W.Store(Scaled(oddA, A, oddB, B), to + toStep);
            W.Store(Scaled(evenA, A * A, evenB, B * B), to + 2 * toStep);
            W.Store(S.Add(S.Load(from + 5 * fromStep), Scaled(oddA, A * A * A, oddB, B * B * B)), to + 3 * toStep);
        }
    }

    // The same for three y.
    private readonly struct WeightGradientFour : IWinogradAxis
    {
        public static int From => 6;

        public static int To => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V evenA = LoadPair(from + fromStep, fromStep, out var oddA);
            V evenB = LoadPair(from + 3 * fromStep, fromStep, out var oddB);
            W.Store(S.Add(S.Load(from), S.Add(evenA, evenB)), to);
            W.Store(Scaled(oddA, A, oddB, B), to + toStep);
            W.Store(S.Add(S.Load(from + 5 * fromStep), Scaled(evenA, A * A, evenB, B * B)), to + 2 * toStep);
        }
    }

    // 1 over the product of n - m over the other nodes m; the same for n and -n.
    private const float OverA = 1 / (2 * A * A * (A * A - B * B)), OverB = 1 / (2 * B * B * (B * B - A * A));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scaled(V x, float a, V y, float b) => S.MultiplyAdd(S.Repeat(a), x, S.Multiply(S.Repeat(b), y));

    // even + scale odd for a node, even - scale odd for its negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<W>(V even, float scale, V odd, float* to, nint step) where W : struct, IWriter
    {
        W.Store(S.MultiplyAdd(S.Repeat(scale), odd, even), to);
        W.Store(S.MultiplyAdd(S.Repeat(-scale), odd, even), to + step);
    }

    // The sum of the values at a node and its negative, and their difference.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LoadPair(float* from, nint step, out V odd)
    {
        V plus = S.Load(from), minus = S.Load(from + step);
        odd = S.Subtract(plus, minus);
        return S.Add(plus, minus);
    }
}
