using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Files of the QOperator form (QLinearConv, QLinearAdd and others, as ONNX Runtime's static quantisation writes them with
/// QuantFormat.QOperator) in the QDQ form and back. Both say the same: an operator on floats between DequantizeLinear of what
/// it reads and QuantizeLinear of what it gives, which trains by straight-through gradients.
/// </summary>
public static class OperatorForm
{
    private const string Nodes = "onnxgraphs.operator_nodes";
    private const char Between = '\n';

    /// <summary>Whether a model is a file of the QOperator form that was opened.</summary>
    public static bool IsOpen(OnnxModel model) => model.Proto.MetadataProps.Any(entry => entry.Key == Nodes);

    /// <summary>The model in the QDQ form; the model itself where no operator computes on whole numbers. Files below opset
    /// 13 come out in opset 18 where scales go by channel.</summary>
    /// <exception cref="ModelException">An operator has a layout that the QDQ form does not know.</exception>
    public static OnnxModel Open(OnnxModel model)
    {
        if (!model.Proto.Graph.Node.Any(node => WholeOperator.Of(node) is not null))
            return model;
        var copy = model.Clone();
        NodeOrder.Sort(copy);
        var opening = new OperatorOpening(copy);
        var opened = opening.Open();
        copy.Proto.MetadataProps.Add(new StringStringEntryProto { Key = Nodes, Value = string.Join(Between, opened) });
        return opening.HasChannelScales ? OpsetLift.Lift(copy) : copy;
    }

    /// <summary>The model in the form that it was opened from; itself where it was not opened.</summary>
    public static OnnxModel Close(OnnxModel model)
    {
        if (model.Proto.MetadataProps.FirstOrDefault(entry => entry.Key == Nodes) is not { } entry)
            return model;
        var copy = model.Clone();
        copy.Proto.MetadataProps.Remove(entry);
        new OperatorClosing(copy, entry.Value.Split(Between).ToHashSet()).Close();
        return copy;
    }

    /// <summary>
    /// A model of the QDQ form with operators on whole numbers wherever ONNX Runtime has one: Conv, MatMul, Gemm, Add, Mul,
    /// Concat, Sigmoid, LeakyRelu, Softmax, pooling, and what only moves numbers. What has none stays between its pairs.
    /// </summary>
    public static OnnxModel Of(OnnxModel model)
    {
        var copy = model.Clone();
        new OperatorClosing(copy, null).Close();
        return copy;
    }
}
