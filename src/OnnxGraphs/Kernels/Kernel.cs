using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels;

/// <summary>
/// A node computed in C#, for fixed shapes. It keeps nothing from run to run, so that several runs may use it at once.
/// </summary>
/// <param name="name">What it computes; for profiles and messages.</param>
/// <param name="inputs">Types and shapes of the inputs.</param>
/// <param name="outputs">Types and shapes of the outputs.</param>
internal abstract class Kernel(string name, IReadOnlyList<TypedShape> inputs, IReadOnlyList<TypedShape> outputs)
{
    public string Name { get; } = name;

    public IReadOnlyList<TypedShape> Inputs { get; } = inputs;

    public IReadOnlyList<TypedShape> Outputs { get; } = outputs;

    /// <summary>Bytes of memory that a run needs beside inputs and outputs, not initialised.</summary>
    public virtual long ScratchBytes => 0;

    /// <summary>Whether an output may lie where an input lies.</summary>
    public virtual bool MayShare(int input, int output) => false;

    /// <summary>Computes the outputs: calls <see cref="KernelCall.ForEach"/> once or more.</summary>
    public abstract void Run(ref KernelCall call);

    /// <summary>One part of the work, on some thread; parts of one phase write to different places.</summary>
    public abstract void Part(in KernelCall call, int phase, int index);
}
