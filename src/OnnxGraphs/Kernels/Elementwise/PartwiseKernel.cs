using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A chain that reads one of its inputs in parts, each where it lies: so an optimiser takes the gradients of all weights
/// without a copy of them in one vector.
/// </summary>
internal sealed unsafe class PartwiseKernel : Kernel
{
    /// <summary>Elements that are worth another thread, a whole number of cache lines.</summary>
    private const long PartSize = 1 << 14;

    private readonly ElementwiseKernel _chain;
    private readonly int _input;
    private readonly int _others;
    private readonly long[] _starts;

    /// <summary>A chain without sums; its inputs but that one come first, the parts behind them.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="input">The number of the input among the chain's: one with a number for each element.</param>
    /// <param name="parts">Its parts, one after the other.</param>
    public PartwiseKernel(ElementwiseKernel chain, int input, IReadOnlyList<TypedShape> parts)
        : base("ElementwisePartwise", [.. chain.Inputs.Where((_, i) => i != input), .. parts], chain.Outputs)
    {
        (_chain, _input, _others) = (chain, input, chain.Inputs.Count - 1);
        _starts = new long[parts.Count + 1];
        for (var i = 0; i < parts.Count; i++)
            _starts[i + 1] = _starts[i] + parts[i].Shape.Size;
    }

    private int Parts => (int)((_starts[^1] + PartSize - 1) / PartSize);

    public override bool MayShare(int input, int output) =>
        input < _others && _chain.MayShare(input < _input ? input : input + 1, output);

    public override void Run(ref KernelCall call) => call.ForEach(0, Parts);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var values = stackalloc void*[_chain.Inputs.Count + Outputs.Count];
        for (var i = 0; i < _others; i++)
            values[i < _input ? i : i + 1] = call.Input(i);
        for (var i = 0; i < Outputs.Count; i++)
            values[_chain.Inputs.Count + i] = call.Output(i);
        var whole = call.With(values, _chain.Inputs.Count);
        var (start, end) = (index * PartSize, Math.Min((index + 1) * PartSize, _starts[^1]));
        var found = Array.BinarySearch(_starts, start);
        var part = found >= 0 ? found : ~found - 1;
        for (; start < end; start = _starts[++part])
        {
            // Where the whole input would begin if all of it lay beside this part.
            values[_input] = call.Input(_others + part) - _starts[part];
            _chain.Run(in whole, start, Math.Min(end, _starts[part + 1]));
        }
    }
}
