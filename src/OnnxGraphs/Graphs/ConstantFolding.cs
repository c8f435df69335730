using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Graphs;

/// <summary>Values that depend on no input, computed by ONNX Runtime itself and so exact in every operator.</summary>
internal static class ConstantFolding
{
    public static Tensor Evaluate(Var value)
    {
        if (value.Node is { Op: "Shape" } shape)
            return Tensor.Vector<long>(Ops.Op.ShapeSlice(shape));
        if (value.Node is { Op: "Size" } size)
            return Tensor.Scalar(ElementType.Int64, size[0].Shape.Size);
        if (value.Node is { } alias && Ops.Op.IsPseudo(alias.Op))
            return alias[0].TryConstant()!;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var session = new InferenceSession(GraphWriter.Write([value]).ToBytes(), options);
        using var run = new RunOptions();
        using var results = session.Run(run, new Dictionary<string, OrtValue>(), session.OutputNames);
        return HostTensors.Read(results[0]);
    }
}
