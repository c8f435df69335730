using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>Operators on floats between pairs on their way to whole numbers.</summary>
/// <param name="model">The model in the QDQ form; it is changed.</param>
/// <param name="values">Whole values whose operators are closed; null: all that can be.</param>
internal sealed class OperatorClosing(OnnxModel model, IReadOnlySet<string>? values)
{
    private readonly ValueGraph _values = new(model);
    private readonly HashSet<NodeProto> _gone = new(ReferenceEqualityComparer.Instance);
    private readonly List<NodeProto> _whole = [];
    private bool _own;

    /// <summary>Closes them.</summary>
    public void Close()
    {
        var graph = model.Proto.Graph;
        foreach (var quantizer in graph.Node.Where(node => node.OpType == "QuantizeLinear" && values?.Contains(node.Output[0]) != false))
            if (_values.Producers.GetValueOrDefault(quantizer.Input[0]) is { } node && !_gone.Contains(node))
                Close(node, quantizer);
        List<NodeProto> nodes = [.. graph.Node.Where(node => !_gone.Contains(node)), .. _whole];
        graph.Node.Clear();
        graph.Node.Add(nodes);
        if (_own && model.Proto.OpsetImport.All(set => set.Domain != WholeOperator.Domain))
            model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = WholeOperator.Domain, Version = 1 });
        UnreadTensors.Remove(model);
        NodeOrder.Sort(model);
    }

    private void Close(NodeProto node, NodeProto quantizer)
    {
        if (!AreReadAlone(node))
            return;
        if (WholeOperator.Moves(node))
            Move(node);
        else if (Clips(quantizer, node)
            && _values.Producers.GetValueOrDefault(node.Input[0]) is { } before && AreReadAlone(before)
            && Whole(before, quantizer) is { } clipped)
            Replace([before, node, quantizer], clipped);
        else if (Whole(node, quantizer) is { } whole)
            Replace([node, quantizer], whole);
    }

    // Each result goes into one node, and is no output of the model.
    private bool AreReadAlone(NodeProto node) => node.Output.All(output =>
        _values.Readers(output).Count == 1 && !model.OutputNames.Contains(output));

    // The grid ends where Relu or Clip does, or before, so that rounding to it does the same.
    private bool Clips(NodeProto quantizer, NodeProto node)
    {
        if (node.OpType is not ("Relu" or "Clip") || quantizer.Input.Count < 3
            || _values.Constant(quantizer.Input[1]) is not { Shape.Size: 1 } scale
            || _values.Constant(quantizer.Input[2]) is not { Shape.Size: 1 } zero || zero.Type.Limits() is not { } limits)
            return false;
        var (s, z) = (scale.Values<float>()[0], zero.Type == ElementType.Int8 ? (int)(sbyte)zero.Data[0] : zero.Data[0]);
        return zero.Type.Size() == 1 && s * (limits.Least - z) >= Bound(node, 1, 0) - s / 2
            && s * (limits.Most - z) <= Bound(node, 2, float.PositiveInfinity) + s / 2;
    }

    private float Bound(NodeProto node, int input, float ofRelu) => node.OpType == "Relu" ? ofRelu
        : node.Input.ElementAtOrDefault(input) is { Length: > 0 } name
            ? _values.Constant(name)?.Values<float>()[0] ?? float.NaN
            : input == 1 ? float.NegativeInfinity : float.PositiveInfinity;

    private void Move(NodeProto node)
    {
        List<NodeProto> after = [.. node.Output.SelectMany(_values.Readers)];
        if (Number(node.Input[0]) is not { } from
            || after.Any(quantizer => quantizer.OpType != "QuantizeLinear" || !IsSame(quantizer, from)))
            return;
        var whole = node.Clone();
        whole.Input[0] = from.Input[0];
        whole.Output.Clear();
        whole.Output.Add(after.Select(quantizer => quantizer.Output[0]));
        Replace([node, .. after], whole);
    }

    private NodeProto? Whole(NodeProto node, NodeProto quantizer)
    {
        if (WholeOperator.For(node) is not { } known || quantizer.Input.Count < 3
            || known.Float == "Gemm" && AttributeValues.Read(node).Float("beta", 1) != 1)
            return null;
        var count = known.Values?.Length ?? node.Input.Count;
        var from = node.Input.Take(count).Select(Number).ToList();
        if (from.Any(number => number is null || number.Input.Count < 3) || known.Bias is null && node.Input.Count > count)
            return null;
        var bias = node.Input.Count > count && node.Input[count].Length > 0 ? Bias(node.Input[count], from[0]!, from[1]!) : "";
        if (bias is null)
            return null;
        List<string> result = [quantizer.Input[1], quantizer.Input[2]], inputs = [.. from.SelectMany(number => number!.Input)];
        inputs.InsertRange(known.Result == 0 ? 0 : inputs.Count, known.Bias < known.Result ? [bias, .. result] : result);
        if (known.Bias > known.Result && bias.Length > 0)
            inputs.Add(bias);
        var whole = new NodeProto { OpType = known.Name, Input = { inputs }, Output = { quantizer.Output[0] } };
        if (node.HasName)
            whole.Name = node.Name;
        if (known.Own)
            whole.Domain = WholeOperator.Domain;
        whole.Attribute.Add(node.Attribute.Where(attribute => attribute.Name != "beta"));
        if (known.Name == "QLinearSoftmax")
            whole.Attribute.Add(AttributeValues.Write("opset", (long)model.Opset));
        _own |= known.Own;
        return whole;
    }

    // The pair's second half that gives a value.
    private NodeProto? Number(string value) =>
        _values.Producers.GetValueOrDefault(value) is { OpType: "DequantizeLinear" } node ? node : null;

    private bool IsSame(NodeProto quantizer, NodeProto from) => quantizer.Input.Count == from.Input.Count
        && quantizer.Input.Skip(1).Zip(from.Input.Skip(1)).All(pair => pair.First == pair.Second
            || _values.Constant(pair.First) is { } first && _values.Constant(pair.Second) is { } second
                && first.Data.AsSpan().SequenceEqual(second.Data));

    // In 32 bits, in steps of the products of the scales; null where the file stores it otherwise.
    private string? Bias(string value, NodeProto input, NodeProto weight)
    {
        if (Number(value) is not { } number || _values.Constant(number.Input[0]) is not { Type: ElementType.Int32 } bias
            || _values.Constant(number.Input[1]) is not { } scale || _values.Constant(input.Input[1]) is not { } x
            || _values.Constant(weight.Input[1]) is not { } w)
            return null;
        var (whole, steps) = (bias.Values<int>().ToArray(), scale.Values<float>().ToArray());
        var products = WholeOperator.ProductScales(x, w);
        if (steps.AsSpan().SequenceEqual(products))
            return number.Input[0];
        for (var i = 0; i < whole.Length; i++)
            whole[i] = (int)Math.Clamp(Math.Round(
                (double)whole[i] * steps[steps.Length == 1 ? 0 : i] / products[products.Length == 1 ? 0 : i]), int.MinValue, int.MaxValue);
        var stored = number.Input[0] + "/whole";
        model.Proto.Graph.Initializer.Add(Tensor.Of<int>(bias.Shape, whole).ToProto(stored));
        return stored;
    }

    private void Replace(IEnumerable<NodeProto> nodes, NodeProto whole)
    {
        _gone.UnionWith(nodes);
        _whole.Add(whole);
    }
}
