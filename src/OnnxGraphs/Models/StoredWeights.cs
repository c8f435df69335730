using System.Runtime.InteropServices;
using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// Weights of a model as float32 values, whatever they are stored as: floats of 16 or 32 bits, or whole numbers that a
/// DequantizeLinear node multiplies by a stored scale. Written back, they keep type, scale and zero point.
/// </summary>
internal sealed class StoredWeights
{
    private readonly IReadOnlyDictionary<string, TensorProto> _stored;
    private readonly IReadOnlyDictionary<string, NodeProto> _producers;
    private readonly Dictionary<string, NodeProto> _dequantizers;
    private readonly OnnxModel _model;

    public StoredWeights(OnnxModel model)
    {
        (_model, _stored, _producers) = (model, model.Initializers, model.Producers);
        _dequantizers = model.Proto.Graph.Node.Where(node => node.OpType == "DequantizeLinear" && node.Input.Count > 1)
            .DistinctBy(node => node.Input[0]).ToDictionary(node => node.Input[0]);
    }

    /// <summary>
    /// The stored weight that a value is made of by conversions alone; null where it is computed from anything else.
    /// </summary>
    public string? Behind(string value)
    {
        for (var steps = 0; steps < 16; steps++)
            if (_stored.ContainsKey(value))
                return IsWeight(value) ? value : null;
            else if (_producers.TryGetValue(value, out var node) && node.Input.Count > 0 && node.OpType is "Transpose"
                or "Cast" or "QuantizeLinear" or "DequantizeLinear")
                value = node.Input[0];
            else
                return null;
        return null;
    }

    /// <summary>The values of a weight.</summary>
    public float[] Read(string name)
    {
        var tensor = _stored[name].ToTensor();
        return tensor.Type.IsFloat() ? tensor.ToFloat32().Values<float>().ToArray() : Grid(name).Dequantized(tensor);
    }

    /// <summary>Copies the values of a weight.</summary>
    public void Read(string name, Span<float> to)
    {
        // Most are stored just so; a large model's need not lie in memory once more.
        var proto = _stored[name];
        var stored = MemoryMarshal.Cast<byte, float>(proto.RawData.Span);
        if (proto.DataType == (int)ElementType.Float32 && stored.Length == to.Length)
            stored.CopyTo(to);
        else
            Read(name).CopyTo(to);
    }

    /// <summary>A copy of a weight as it is stored.</summary>
    public byte[] Bytes(string name) => [.. _stored[name].ToTensor().Data];

    /// <summary>Stores new values in the model itself.</summary>
    public void Write(string name, ReadOnlySpan<float> values)
    {
        var (proto, type) = (_stored[name], (ElementType)_stored[name].DataType);
        var shape = new TensorShape([.. proto.Dims]);
        var data = type.IsFloat() ? FloatTensors.FromFloat32(shape, values, type).Data : Grid(name).Quantized(values);
        proto.FloatData.Clear();
        proto.Int32Data.Clear();
        proto.RawData = ByteString.CopyFrom(data);
    }

    private bool IsWeight(string name) => (ElementType)_stored[name].DataType switch
    {
        ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 => true,
        ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32 =>
            _dequantizers.TryGetValue(name, out var node) && Constant(node.Input[1]) is not null,
        _ => false,
    };

    private QuantizedGrid Grid(string name)
    {
        var node = _dequantizers[name];
        return QuantizedGrid.Of(_stored[name], AttributeValues.Read(node).Int("axis", 1), Constant(node.Input[1])
            ?? throw new ModelException($"{_model.Path}: the scale '{node.Input[1]}' of '{name}' is not stored."),
            node.Input.Count > 2 ? Constant(node.Input[2]) : null);
    }

    private Tensor? Constant(string name) => _stored.TryGetValue(name, out var proto) ? proto.ToTensor()
        : _producers.TryGetValue(name, out var node) && node.OpType == "Constant"
            ? AttributeValues.Read(node).Tensor("value") : null;
}
