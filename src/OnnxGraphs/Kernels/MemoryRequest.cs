namespace OnnxGraphs.Kernels;

/// <summary>
/// Whether who asks for memory looks at what it gets. Kernels do; ONNX Runtime's operators write to it at once.
/// </summary>
internal static class MemoryRequest
{
    /// <summary>Of this thread.</summary>
    [field: ThreadStatic]
    public static bool MayBeRefused { get; set; }

    /// <summary>What a kernel says that was refused.</summary>
    public static OutOfMemoryException Refused(long bytes) => new(Message(bytes));

    /// <summary>For those who read it: how much, and what helps.</summary>
    public static string Message(long bytes) => $"Out of memory: a training step asked for {bytes / 1e6:f1} MB more than there "
        + "is. Take smaller batches or pictures, or compute activations again (recompute)";
}
