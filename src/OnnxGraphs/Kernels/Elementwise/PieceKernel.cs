using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A kernel that writes its output piece by piece: whole rows, or a part of a row. A chain of elementwise operators can go
/// through each piece while it is in the cache (<see cref="ChainedKernel"/>).
/// </summary>
internal abstract class PieceKernel(string name, IReadOnlyList<TensorShape> inputs, TensorShape output)
    : Kernel(name, [.. inputs.Select(Float)], [Float(output)])
{
    /// <summary>Parts of the work, in the only phase.</summary>
    public abstract int Parts { get; }

    /// <summary>Elements of a row.</summary>
    public abstract int Row { get; }

    /// <summary>Elements of a piece of a row, but for the row's last; a row's or more for pieces of whole rows.</summary>
    public abstract int PieceOfRow { get; }

    /// <summary>Elements of the largest piece.</summary>
    public abstract int LargestPiece { get; }

    /// <summary>One part of the work.</summary>
    /// <param name="call">The run.</param>
    /// <param name="index">Number of the part.</param>
    /// <param name="pieces">Takes what the part writes.</param>
    public abstract void Part(in KernelCall call, int index, OutputPieces pieces);

    public override void Run(ref KernelCall call) => call.ForEach(0, Parts);

    public sealed override void Part(in KernelCall call, int phase, int index) => Part(in call, index, OutputPieces.Plain);

    private static TypedShape Float(TensorShape shape) => new(ElementType.Float32, shape);
}
