
namespace OnnxGraphs.Kernels;

/// <summary>What a kernel sees of one run: addresses, and ONNX Runtime's threads.</summary>
internal unsafe struct KernelCall
{
    private readonly OrtFunctions _functions;
    private readonly void* _context;
    private readonly void** _values;
    private readonly int _inputs;
    private readonly nint _kernel;
    private int _phase;
    private int _failed;

    public KernelCall(OrtFunctions functions, void* context, nint kernel, void** values, int inputs, void* scratch)
    {
        (_functions, _inputs, _kernel) = (functions, inputs, kernel);
        _context = context;
        _values = values;
        Scratch = (byte*)scratch;
    }

    /// <summary>Memory of the kernel's <see cref="Kernel.ScratchBytes"/>, aligned to 64 bytes.</summary>
    public byte* Scratch { get; }

    /// <summary>The handle of the kernel.</summary>
    public readonly nint Kernel => _kernel;

    /// <summary>The phase that runs.</summary>
    public readonly int Phase => _phase;

    /// <summary>The elements of an input.</summary>
    public readonly float* Input(int index) => (float*)_values[index];

    /// <summary>The elements of an output.</summary>
    public readonly float* Output(int index) => (float*)_values[_inputs + index];

    /// <summary>The same run for a kernel with other inputs and outputs: addresses of both, one after the other.</summary>
    public readonly KernelCall With(void** values, int inputs) =>
        new(_functions, _context, _kernel, values, inputs, Scratch);

    /// <summary>Calls the kernel's parts 0 to count - 1 of a phase and waits for them.</summary>
    public void ForEach(int phase, int count)
    {
        _phase = phase;
        fixed (KernelCall* self = &this)
            _functions.ParallelFor(_context, &Callbacks.Part, count, self);
        if (_failed != 0)
            throw new InvalidOperationException($"Part of phase {phase} failed.");
    }

    /// <summary>Notes that a part failed: an exception must not leave a thread of ONNX Runtime.</summary>
    public void Fail() => Interlocked.Exchange(ref _failed, 1);
}
