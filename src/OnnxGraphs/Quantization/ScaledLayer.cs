using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>A convolution whose channels are multiplied by numbers; in double until it is stored.</summary>
internal sealed class ScaledLayer
{
    private readonly string _weight;
    private readonly string? _bias;
    private readonly double[] _w;
    private readonly double[] _b;
    private readonly int _outputs, _inputsOfGroup, _group, _taps;

    private ScaledLayer(NodeProto node, Tensor weight, Tensor? bias)
    {
        (_weight, _bias) = (node.Input[1], bias is null ? null : node.Input[2]);
        _w = [.. weight.ToFloat32().Values<float>().ToArray().Select(value => (double)value)];
        _b = bias is null ? [] : [.. bias.ToFloat32().Values<float>().ToArray().Select(value => (double)value)];
        (_outputs, _inputsOfGroup, _taps) = ((int)weight.Shape[0], (int)weight.Shape[1], (int)weight.Shape.SizeOf(2..));
        _group = (int)AttributeValues.Read(node).Int("group", 1);
    }

    /// <summary>A Conv with stored floats that no other node reads; null for anything else.</summary>
    public static ScaledLayer? Of(ValueGraph graph, NodeProto node)
    {
        if (node.OpType != "Conv" || node.Domain is not ("" or "ai.onnx") || Own(1) is not { } weight)
            return null;
        if (node.Input.Count < 3 || node.Input[2].Length == 0)
            return new(node, weight, null);
        return Own(2) is { } bias ? new(node, weight, bias) : null;

        Tensor? Own(int slot) => graph.Stored.Contains(node.Input[slot]) && graph.Readers(node.Input[slot]).Count == 1
            && graph.Constant(node.Input[slot]) is { } tensor && tensor.Type == ElementType.Float32 ? tensor : null;
    }

    /// <summary>The largest |w| of each output channel.</summary>
    public double[] OutputRanges()
    {
        var ranges = new double[_outputs];
        for (var at = 0; at < _w.Length; at++)
            ranges[Output(at)] = Math.Max(ranges[Output(at)], Math.Abs(_w[at]));
        return ranges;
    }

    /// <summary>The largest |w| of each input channel.</summary>
    public double[] InputRanges()
    {
        var ranges = new double[_inputsOfGroup * _group];
        for (var at = 0; at < _w.Length; at++)
            ranges[Input(at)] = Math.Max(ranges[Input(at)], Math.Abs(_w[at]));
        return ranges;
    }

    public void ScaleOutput(int channel, double factor)
    {
        for (var at = channel * _inputsOfGroup * _taps; at < (channel + 1) * _inputsOfGroup * _taps; at++)
            _w[at] *= factor;
        if (_bias is not null)
            _b[channel] *= factor;
    }

    public void ScaleInput(int channel, double factor)
    {
        for (var at = 0; at < _w.Length; at++)
            if (Input(at) == channel)
                _w[at] *= factor;
    }

    /// <summary>Writes the weights into the model.</summary>
    public void Store(OnnxModel model)
    {
        var stored = model.Initializers;
        Put(_weight, _w);
        if (_bias is not null)
            Put(_bias, _b);

        void Put(string name, double[] values) =>
            model.Proto.Graph.Initializer[model.Proto.Graph.Initializer.IndexOf(stored[name])] =
                Tensor.Of<float>(new([.. stored[name].Dims]), [.. values.Select(value => (float)value)]).ToProto(name);
    }

    private int Output(int at) => at / (_inputsOfGroup * _taps);

    // Channels of a group follow one another.
    private int Input(int at) => Output(at) / (_outputs / _group) * _inputsOfGroup + at / _taps % _inputsOfGroup;
}
