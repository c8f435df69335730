using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>What must hold of a file before anything else looks at it.</summary>
internal static class ModelCheck
{
    private const int OldestIr = 3, NewestIr = 11;

    /// <summary>Checks versions, names and stored tensors.</summary>
    /// <exception cref="ModelException">Something is missing, of an unsupported version, or there twice.</exception>
    public static void Demand(OnnxModel model)
    {
        var (proto, path) = (model.Proto, model.Path);
        if (proto.Graph is null || proto.Graph.Output.Count == 0 || proto.OpsetImport.Count == 0)
            throw new ModelException($"{path}: not an ONNX model (no graph, outputs or operator set); "
                + "was another format renamed?");
        if (proto.IrVersion is < OldestIr or > NewestIr)
            throw new ModelException($"{path}: IR version {proto.IrVersion} is not supported ({OldestIr} to {NewestIr} "
                + "are); convert the file.");
        if (model.Opset is < OnnxModel.OldestOpset or > OnnxModel.NewestOpset)
            throw new ModelException($"{path}: opset {model.Opset} is not supported ({OnnxModel.OldestOpset} to "
                + $"{OnnxModel.NewestOpset} are); export with opset 17, say.");
        CheckNames(path, proto.Graph);
        foreach (var tensor in proto.Graph.Initializer)
            CheckTensor(path, tensor);
    }

    private static void CheckNames(string path, GraphProto graph)
    {
        var stored = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
            if (!stored.Add(tensor.Name))
                throw Twice(path, tensor.Name, "stored");
        var values = new HashSet<string>(stored, StringComparer.Ordinal);
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in graph.Input)
            if (!inputs.Add(input.Name))
                throw Twice(path, input.Name, "declared as an input");
        values.UnionWith(inputs);
        foreach (var node in graph.Node)
        {
            if (node.OpType.Length == 0 || node.Output.Count == 0)
                throw new ModelException($"{path}: node '{node.Name}' lacks its operator or outputs; the file is "
                    + "damaged, export it again.");
            foreach (var output in node.Output)
                if (output.Length > 0 && !values.Add(output))
                    throw Twice(path, output, $"computed (the second time by {node.OpType} '{node.Name}')");
        }
    }

    // Dimensions are checked here, values where they are read: most files have many tensors and need few.
    private static void CheckTensor(string path, TensorProto tensor)
    {
        try
        {
            var shape = new TensorShape([.. tensor.Dims]);
            var type = (ElementType)tensor.DataType;
            if (tensor.HasRawData && type.IsKnown() && tensor.RawData.Length != shape.Size * type.Size())
                throw new GraphException($"{type} {shape} needs {shape.Size * type.Size()} bytes, the file has "
                    + $"{tensor.RawData.Length}");
        }
        catch (GraphException error)
        {
            throw new ModelException($"{path}: initializer '{tensor.Name}' is damaged: {error.Message} Export the "
                + "model again.", error);
        }
    }

    private static ModelException Twice(string path, string name, string how) => new(
        $"{path}: the value '{name}' is {how} twice or more, or has the name of another value; names must be unique, "
            + "export the model again.");
}
