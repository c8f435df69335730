using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Memory;

/// <summary>The allocator that ONNX Runtime's environment has for sessions that take it.</summary>
internal static class EnvironmentAllocator
{
    /// <summary>Entry of a session's options: whether it takes it.</summary>
    public const string Taken = "session.use_env_allocators";

    private const uint Bytes = 1 << 20;

    private static readonly Lazy<byte[]> Smallest = new(() =>
    {
        var graph = new Graph();
        graph.Output("y", Op.Relu(graph.Input("x", 1)));
        return GraphWriter.Write(graph).ToBytes();
    });

    /// <summary>
    /// Whether the application has put one there. Nothing of ONNX Runtime tells: a new one replaces it without a word (1.31,
    /// although its documentation has an error there). But two sessions get the same address, one behind the other, only
    /// where they ask the same allocator; each would keep what it got from its own.
    /// </summary>
    public static bool IsGiven()
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        options.AddSessionConfigEntry(Taken, "1");
        using InferenceSession first = new(Smallest.Value, options), second = new(Smallest.Value, options);
        using var memory = new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        return Address(first, memory) == Address(second, memory);
    }

    private static nint Address(InferenceSession session, OrtMemoryInfo memory)
    {
        using var allocator = new OrtAllocator(session, memory);
        using var block = allocator.Allocate(Bytes);
        return block.DangerousGetHandle();
    }
}
