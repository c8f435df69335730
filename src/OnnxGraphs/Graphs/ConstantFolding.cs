using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Graphs;

/// <summary>Values that depend on no input, computed by ONNX Runtime itself and so exact in every operator.</summary>
internal static class ConstantFolding
{
    private const long MostElements = 1L << 24;

    public static Tensor Evaluate(Var value)
    {
        if (value.Node is { Op: "Shape" } shape)
            return Tensor.Vector<long>(Ops.Op.ShapeSlice(shape));
        if (value.Node is { Op: "Size" } size)
            return Tensor.Scalar(ElementType.Int64, size[0].Shape.Size);
        if (value.Node is { } alias && Ops.Op.IsPseudo(alias.Op))
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
