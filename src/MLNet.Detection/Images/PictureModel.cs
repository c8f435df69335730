using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Images;

/// <summary>A session over a graph of one operator of ONNX Runtime's extensions, from bytes to bytes.</summary>
internal static class PictureModel
{
    private const string Domain = "com.microsoft.extensions";

    // The extensions' native library registers its domains once a process, and two threads that do so at once clash.
    private static readonly Lock Registration = new();

    /// <summary>Input "in" and output "out", uint8, of these ranks.</summary>
    public static InferenceSession Open(
        string operation, int inputRank, int outputRank, params (string, string)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Domain = Domain, Input = { "in" }, Output = { "out" } };
        foreach (var (name, value) in attributes)
            node.Attribute.Add(new AttributeProto
            {
                Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String,
            });
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 17 },
                new OperatorSetIdProto { Domain = Domain, Version = 1 },
            },
            Graph = new GraphProto
            {
                Name = operation, Node = { node }, Input = { Bytes("in", inputRank) },
                Output = { Bytes("out", outputRank) },
            },
        };
        lock (Registration)
        {
            using var options = Options();
            return new InferenceSession(model.ToByteArray(), options);
        }
    }

    // Fatal: the runtime would print every unreadable picture to stderr, and the caller is told by an exception anyway.
    private static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.RegisterOrtExtensions();
        return options;
    }

    private static ValueInfoProto Bytes(string name, int rank)
    {
        var shape = new TensorShapeProto();
        for (var axis = 0; axis < rank; axis++)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = $"{name}{axis}" });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Uint8, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
