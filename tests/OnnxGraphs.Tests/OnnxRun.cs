using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests;

/// <summary>A model opened in ONNX Runtime, fed and read as <see cref="Tensor"/>s.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly SessionOptions _options = new()
    {
        IntraOpNumThreads = Threads,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    private readonly InferenceSession _session;

    // Two, so that operators that lose or reorder something between threads are seen.
    private static int Threads
    {
        get
        {
            using var options = Device.Cpu.CreateSessionOptions();
            return options.IntraOpNumThreads > 0 ? options.IntraOpNumThreads : 2;
        }
    }

    public OnnxRun(OnnxModel model) => _session = new(model.ToBytes(), _options);

    /// <summary>The outputs of a model for these inputs, in the model's order of outputs.</summary>
    public static Tensor[] Once(OnnxModel model, params (string Name, Tensor Value)[] inputs)
    {
        using var run = new OnnxRun(model);
        return run.Run(inputs);
    }

    /// <summary>The value of an expression without inputs.</summary>
    public static Tensor Value(Var value) => Once(GraphWriter.Write([value]))[0];

    public Tensor[] Run(params (string Name, Tensor Value)[] inputs) => Of(_session, inputs);

    /// <summary>The outputs of a session, in its order; inputs that it does not have are left out.</summary>
    public static Tensor[] Of(InferenceSession session, params (string Name, Tensor Value)[] inputs)
    {
        var values = inputs.Where(input => session.InputMetadata.ContainsKey(input.Name))
            .ToDictionary(input => input.Name, input => HostTensors.Write(input.Value));
        try
        {
            using var options = new RunOptions();
            using var results = session.Run(options, values, session.OutputNames);
            return [.. results.Select(HostTensors.Read)];
        }
        finally
        {
            foreach (var value in values.Values)
                value.Dispose();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
