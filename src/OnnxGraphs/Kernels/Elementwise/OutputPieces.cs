namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Where a <see cref="PieceKernel"/> writes the pieces of its output, and what is done with each: nothing more.
/// </summary>
internal unsafe class OutputPieces
{
    /// <summary>Pieces that lie in the kernel's output.</summary>
    public static readonly OutputPieces Plain = new();

    /// <summary>Asks for the memory of a piece that is going to be written.</summary>
    public virtual void Fetch(in KernelCall call, long start, int count) => CacheLines.FetchNear(call.Output(0) + start, count);

    /// <summary>Where a piece is written.</summary>
    /// <param name="call">The run.</param>
    /// <param name="start">Number of the piece's first element in the output.</param>
    public virtual float* At(in KernelCall call, long start) => call.Output(0) + start;

    /// <summary>Called when a piece has been written.</summary>
    public virtual void Done(in KernelCall call, long start, int count)
    {
    }
}
