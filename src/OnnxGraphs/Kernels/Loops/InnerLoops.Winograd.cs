using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <summary>One dimension of a <see cref="WinogradStep"/>.</summary>
    private interface IWinogradAxis
    {
        static abstract int From { get; }

        static abstract int To { get; }

        static abstract void Map<W>(float* from, nint fromStep, float* to, nint toStep) where W : struct, IWriter;
    }

    private interface IWriter
    {
        static abstract void Store(V vector, float* to);
    }

    private readonly struct Cached : IWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(V vector, float* to) => S.Store(vector, to);
    }

    private readonly struct Streamed : IWriter
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(V vector, float* to) => S.StoreStreamed(vector, to);
    }

    /// <inheritdoc/>
    public override void MapTiles(WinogradStep step, int outputs, float* from, TileStrides source, float* to,
        TileStrides target, int count)
    {
        if (outputs == 4)
            MapTiles<InputFour, WeightsFour, OutputFour, OutputGradientFour, WeightGradientFour>(step, from, source, to, target,
                count);
        else
            MapTiles<InputFive, WeightsFive, OutputFive, OutputGradientFive, WeightGradientFive>(step, from, source, to, target,
                count);
    }

    private static void MapTiles<TInput, TWeights, TOutput, TOutputGradient, TWeightGradient>(WinogradStep step, float* from,
        TileStrides source, float* to, TileStrides target, int count)
        where TInput : struct, IWinogradAxis where TWeights : struct, IWinogradAxis where TOutput : struct, IWinogradAxis
        where TOutputGradient : struct, IWinogradAxis where TWeightGradient : struct, IWinogradAxis
    {
        switch (step)
        {
            case WinogradStep.Input:
                MapTiles<TInput, Cached>(from, source, to, target, count);
                break;
            case WinogradStep.Weights:
                MapTiles<TWeights, Streamed>(from, source, to, target, count);
                break;
            case WinogradStep.CachedWeights:
                MapTiles<TWeights, Cached>(from, source, to, target, count);
                break;
            case WinogradStep.Output:
                MapTiles<TOutput, Cached>(from, source, to, target, count);
                break;
            case WinogradStep.OutputGradient:
                MapTiles<TOutputGradient, Cached>(from, source, to, target, count);
                break;
            default:
                MapTiles<TWeightGradient, Cached>(from, source, to, target, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MapTiles<T, W>(float* from, TileStrides source, float* to, TileStrides target, int count)
        where T : struct, IWinogradAxis where W : struct, IWriter
    {
        var columns = stackalloc float[T.From * T.To * S.Width];
        for (; count > 0; count--, from += source.Tile, to += target.Tile)
        {
            for (var j = 0; j < T.From; j++)
                T.Map<Cached>(from + j * source.Column, source.Row, columns + j * S.Width, T.From * S.Width);
            for (var i = 0; i < T.To; i++)
                T.Map<W>(columns + i * T.From * S.Width, S.Width, to + i * target.Row, target.Column);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddBias(float* row, int count, float* bias)
    {
        var added = S.Load(bias);
        for (var i = 0; i < count; i += S.Width)
            S.Store(S.Add(S.Load(row + i), added), row + i);
    }
}
