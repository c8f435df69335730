using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>Values that depend on no input, computed by ONNX Runtime itself and so exact in every operator.</summary>
public static class ConstantFolding
{
    private const long MostElements = 1L << 24;

    /// <summary>
    /// The value where it depends on no input of the graph (computed and kept on first use), else null.
    /// </summary>
    /// <exception cref="GraphException">ONNX Runtime cannot compute it, or it is too large.</exception>
    public static Tensor? TryConstant(this Var value) =>
        value.Known ??= value.Node is null || value.DependsOnInput ? null : Evaluate(value);

    /// <summary>
    /// The value of an input that must not depend on the graph's inputs, such as the target shape of Reshape.
    /// </summary>
    /// <exception cref="GraphException">It does.</exception>
    public static Tensor Constant(this Node node, int input) => node[input].TryConstant() ?? throw new GraphException(
        $"{node}: input {input} ('{node[input].Name}') must be a constant, but it depends on the graph's inputs.");

    private static Tensor Evaluate(Var value)
    {
        if (value.Node is { IsPseudo: true } alias)
            return alias[0].TryConstant()!;
        CheckSizes(value);
        try
        {
            return Run(value);
        }
        catch (OnnxRuntimeException error)
        {
            throw new GraphException($"{value.Node}: ONNX Runtime cannot compute this constant: "
                + error.Message.Trim(), error);
        }
    }

    // A damaged file may ask for more than the machine has.
    private static void CheckSizes(Var value)
    {
        var (seen, open) = (new HashSet<Var>(), new Stack<Var>([value]));
        while (open.TryPop(out var at))
        {
            if (at.Shape.Size > MostElements)
                throw new GraphException($"The constant '{at}' has more than {MostElements} elements; cut the model "
                    + "before it.");
            if (at is { Node: { } node, Known: null })
                foreach (var input in node.Inputs)
                    if (input is not null && seen.Add(input))
                        open.Push(input);
        }
    }

    private static Tensor Run(Var value)
    {
        OrtLibrary.Require();
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            // What goes wrong is in the exception.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        using var session = new InferenceSession(GraphWriter.Write([value]).ToBytes(), options);
        using var run = new RunOptions();
        using var results = session.Run(run, new Dictionary<string, OrtValue>(), session.OutputNames);
        return HostTensors.Read(results[0]);
    }
}
