using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Tests.Threads;

/// <summary>
/// Values computed with 1, 2 and 8 threads, twenty times each: they must be equal bit for bit from run to run. Whether
/// they are between different numbers of threads depends on the operators.
/// </summary>
internal static class ThreadSweep
{
    private const int Runs = 20;

    /// <summary>How many threads a session has; more than there are cores take turns at any place.</summary>
    public static readonly int[] Counts = [1, 2, 8];

    /// <summary>
    /// Operators of ONNX Runtime's processor provider whose last bits depend on the number of threads: a tensor is cut by
    /// it, and what does not fill a vector at the end of a part is computed in another way, or partial sums are added in
    /// another order. Listed in docs/operators.md.
    /// </summary>
    public static readonly string[] ByThreads =
        ["Conv", "Einsum", "Elu", "Gemm", "LRN", "Log", "MatMul", "Mish", "ReduceMean", "ReduceSum", "Softplus"];

    /// <summary>The values of the outputs by number of threads.</summary>
    /// <exception cref="AssertFailedException">Two runs differ.</exception>
    public static IReadOnlyDictionary<int, Tensor[]> Run(IReadOnlyList<Var> outputs, Device device, string what,
        params (string Name, Tensor Value)[] feeds) =>
        Counts.ToDictionary(count => count, count => Repeated(outputs, device with { Threads = count }, what, feeds));

    private static Tensor[] Repeated(IReadOnlyList<Var> outputs, Device device, string what,
        (string Name, Tensor Value)[] feeds)
    {
        using var opened = GraphSession.Open(outputs, null, device, Waiting);
        var session = opened.Session;
        var values = feeds.Where(feed => session.InputMetadata.ContainsKey(feed.Name))
            .ToDictionary(feed => feed.Name, feed => HostTensors.Write(feed.Value));
        using var options = new RunOptions();
        Tensor[]? first = null;
        for (var run = 0; run < Runs; run++)
        {
            using var results = session.Run(options, values, session.OutputNames);
            first ??= [.. results.Select(HostTensors.Read)];
            for (var i = 0; i < first.Length; i++)
                if (!Bytes(results[i]).SequenceEqual(first[i].Data))
                    Assert.Fail($"{what}: {outputs[i].Node?.ToString() ?? outputs[i].Name} is another in run {run} with "
                        + $"{device.Threads} threads: {Difference(first[i], HostTensors.Read(results[i]))}");
        }
        foreach (var value in values.Values)
            value.Dispose();
        return first!;
    }

    // More threads than cores that spin while they wait take the cores from those that work.
    private static void Waiting(SessionOptions options) =>
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");

    private static ReadOnlySpan<byte> Bytes(OrtValue value) => value.GetTensorTypeAndShape().ElementCount == 0
        ? [] : value.GetTensorMutableRawData();

    /// <summary>How many elements of two float tensors differ, and the first of them.</summary>
    public static string Difference(Tensor a, Tensor b)
    {
        if (a.Type != ElementType.Float32)
            return $"{a.Type} {a.Shape}";
        var (x, y) = (a.Values<float>().ToArray(), b.Values<float>().ToArray());
        var places = Enumerable.Range(0, x.Length).Where(i => !x[i].Equals(y[i])).ToList();
        return $"{places.Count} of {x.Length} elements, {x[places.FirstOrDefault()]:R} and "
            + $"{y[places.FirstOrDefault()]:R} at {places.FirstOrDefault()}";
    }
}
