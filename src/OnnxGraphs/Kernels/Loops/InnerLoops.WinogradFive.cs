using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Tiles of 5 x 5 outputs: nodes a, -a, b, -b, c, -c and infinity. Of the triples tried (a from 0.3 to 0.58, b from 0.7 to 1, c
// from 1.4 to 2) these round about least: 1.8 times the error of the nodes for 4 x 4, about what the usual 1 and 2 have there.
internal sealed unsafe partial class InnerLoops<V, S>
{
    private const float C = 0.3f, D = 0.85f, E = 1.75f, CC = C * C, DD = D * D, EE = E * E;

    // 1 over the product of n - m over the other nodes m, for n. For -n it is the negative: without that sign values at -n come
    // negated to the output, where sums and differences change places.
    private const float OverC = 1 / (2 * C * (CC - DD) * (CC - EE)), OverD = 1 / (2 * D * (DD - CC) * (DD - EE)),
        OverE = 1 / (2 * E * (EE - CC) * (EE - DD));

    // From d at 0 to 6: for each node n the product of (x - m) over the other nodes m, with d(k) for x^k.
    private readonly struct InputFive : IWinogradAxis
    {
        public static int From => 7;

        public static int To => 7;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V d0 = S.Load(from), d1 = S.Load(from + fromStep), d2 = S.Load(from + 2 * fromStep);
            V d3 = S.Load(from + 3 * fromStep), d4 = S.Load(from + 4 * fromStep), d5 = S.Load(from + 5 * fromStep);
            Pair<W>(C, DD + EE, DD * EE, d0, d1, d2, d3, d4, d5, to, toStep);
            Pair<W>(D, CC + EE, CC * EE, d0, d1, d2, d3, d4, d5, to + 2 * toStep, toStep);
            Pair<W>(E, CC + DD, CC * DD, d0, d1, d2, d3, d4, d5, to + 4 * toStep, toStep);
            var high = S.MultiplyAdd(S.Repeat(-(CC + DD + EE)), d4, S.Load(from + 6 * fromStep));
            var low = S.MultiplyAdd(S.Repeat(CC * DD + CC * EE + DD * EE), d2, S.Multiply(S.Repeat(-CC * DD * EE), d0));
            W.Store(S.Add(high, low), to + 6 * toStep);
        }

        // With the polynomial of the other pairs, x^4 - sum x^2 + product.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Pair<W>(float node, float sum, float product, V d0, V d1, V d2, V d3, V d4, V d5, float* to, nint step)
            where W : struct, IWriter
        {
            V minusSum = S.Repeat(-sum), times = S.Repeat(product);
            var even = S.MultiplyAdd(times, d0, S.MultiplyAdd(minusSum, d2, d4));
            var odd = S.MultiplyAdd(times, d1, S.MultiplyAdd(minusSum, d3, d5));
            StorePair<W>(odd, node, even, to, step);
        }
    }

    // From g at 0 to 2: the polynomial's value at each node n, over the product of n - m over the other nodes m.
    private readonly struct WeightsFive : IWinogradAxis
    {
        public static int From => 3;

        public static int To => 7;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V g0 = S.Load(from), g1 = S.Load(from + fromStep), g2 = S.Load(from + 2 * fromStep);
            StorePair<W>(Scaled(g0, OverC, g2, OverC * CC), OverC * C, g1, to, toStep);
            StorePair<W>(Scaled(g0, OverD, g2, OverD * DD), OverD * D, g1, to + 2 * toStep, toStep);
            StorePair<W>(Scaled(g0, OverE, g2, OverE * EE), OverE * E, g1, to + 4 * toStep, toStep);
            W.Store(g2, to + 6 * toStep);
        }
    }

    // From g at 0 to 4, as for three weights.
    private readonly struct OutputGradientFive : IWinogradAxis
    {
        public static int From => 5;

        public static int To => 7;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V g0 = S.Load(from), g1 = S.Load(from + fromStep), g2 = S.Load(from + 2 * fromStep);
            V g3 = S.Load(from + 3 * fromStep), g4 = S.Load(from + 4 * fromStep);
            Pair<W>(OverC, C, CC, g0, g1, g2, g3, g4, to, toStep);
            Pair<W>(OverD, D, DD, g0, g1, g2, g3, g4, to + 2 * toStep, toStep);
            Pair<W>(OverE, E, EE, g0, g1, g2, g3, g4, to + 4 * toStep, toStep);
            W.Store(g4, to + 6 * toStep);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Pair<W>(float over, float node, float square, V g0, V g1, V g2, V g3, V g4, float* to, nint step)
            where W : struct, IWriter => StorePair<W>(
                S.MultiplyAdd(S.Repeat(over), g0, Scaled(g2, over * square, g4, over * square * square)), over * node,
                S.MultiplyAdd(S.Repeat(square), g3, g1), to, step);
    }

    // y(k) = sum over nodes n of n^k m(n); infinity adds to the last y.
    private readonly struct OutputFive : IWinogradAxis
    {
        public static int From => 7;

        public static int To => 5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V oddC = LoadPair(from, fromStep, out var evenC), oddD = LoadPair(from + 2 * fromStep, fromStep, out var evenD);
            V oddE = LoadPair(from + 4 * fromStep, fromStep, out var evenE);
            W.Store(S.Add(evenC, S.Add(evenD, evenE)), to);
            W.Store(S.MultiplyAdd(S.Repeat(C), oddC, Scaled(oddD, D, oddE, E)), to + toStep);
            W.Store(S.MultiplyAdd(S.Repeat(CC), evenC, Scaled(evenD, DD, evenE, EE)), to + 2 * toStep);
            W.Store(S.MultiplyAdd(S.Repeat(C * CC), oddC, Scaled(oddD, D * DD, oddE, E * EE)), to + 3 * toStep);
            W.Store(S.Add(S.Load(from + 6 * fromStep),
                S.MultiplyAdd(S.Repeat(CC * CC), evenC, Scaled(evenD, DD * DD, evenE, EE * EE))), to + 4 * toStep);
        }
    }

    // The same for three y.
    private readonly struct WeightGradientFive : IWinogradAxis
    {
        public static int From => 7;

        public static int To => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter
        {
            V oddC = LoadPair(from, fromStep, out var evenC), oddD = LoadPair(from + 2 * fromStep, fromStep, out var evenD);
            V oddE = LoadPair(from + 4 * fromStep, fromStep, out var evenE);
            W.Store(S.Add(evenC, S.Add(evenD, evenE)), to);
            W.Store(S.MultiplyAdd(S.Repeat(C), oddC, Scaled(oddD, D, oddE, E)), to + toStep);
            W.Store(S.Add(S.Load(from + 6 * fromStep), S.MultiplyAdd(S.Repeat(CC), evenC, Scaled(evenD, DD, evenE, EE))),
                to + 2 * toStep);
        }
    }
}
