using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// A planned model with pairs of QuantizeLinear and DequantizeLinear around the operators that compute on whole numbers,
/// as ONNX Runtime's integer kernels look for them. Values keep their names: a rounded one has the name that it had in
/// floats. Names of what stands beside long ones are short, as each comes five times: with those of an exporter they took a
/// tenth of a file.
/// </summary>
internal sealed class QdqWriter
{
    private const int LongName = 16;

    private readonly OnnxModel _copy;
    private readonly GraphProto _graph;
    private readonly ValueGraph _values;
    private readonly QuantizationOptions _options;
    private readonly IReadOnlyDictionary<string, double[]> _means;
    private readonly IReadOnlyDictionary<string, ValueRange> _ranges;
    private readonly Dictionary<string, (float Scale, int Zero)> _grids = [];
    private readonly Dictionary<string, string> _moved = [], _stems = [];
    private readonly HashSet<string> _zeros = [];
    private readonly string _prefix = "q";
    private readonly Dictionary<string, (string Name, float[] Scales, float[] Rounded)> _weights = [];

    public QdqWriter(QuantizationPlan plan, Calibration calibration, QuantizationOptions options)
    {
        _copy = plan.Model.Clone();
        (_graph, _values, _options, _means) = (_copy.Proto.Graph, new(_copy), options, calibration.Means);
        _ranges = calibration.Ranges(options);
        while (_copy.ValueNames.Any(name => name.StartsWith(_prefix, StringComparison.Ordinal)))
            _prefix += "q";
    }

    /// <summary>Writes the nodes of a plan in whole numbers.</summary>
    public OnnxModel Write(IReadOnlyList<QuantizedNode> nodes)
    {
        var producers = _copy.Producers;
        foreach (var node in nodes)
        {
            foreach (var name in node.Inputs)
                Grid(name);
            _grids[node.Grid] = node.Kind == QuantizedNodeKind.Move ? Grid(node.Inputs[0]) : Grid(node.Grid);
            if (node.Kind != QuantizedNodeKind.Move)
                continue;
            var owner = _moved.GetValueOrDefault(node.Inputs[0], node.Inputs[0]);
            foreach (var output in producers[node.Value].Output)
                (_grids[output], _moved[output]) = (Grid(node.Inputs[0]), owner);
        }
        foreach (var node in nodes.Where(node => node.Kind == QuantizedNodeKind.Layer))
            Weights(producers[node.Value]);
        foreach (var (name, grid) in _grids)
            Pair(producers, name, grid);
        // Weights in floats, those before a folded normalisation among them.
        UnreadTensors.Remove(_copy);
        NodeOrder.Sort(_copy);
        return _copy;
    }

    private (float Scale, int Zero) Grid(string name)
    {
        if (!_grids.TryGetValue(name, out var grid))
            _grids[name] = grid = _options.ActivationScheme.For(_ranges[name].Min, _ranges[name].Max);
        return grid;
    }

    // The pair's result takes the name; what is computed, or fed, before it gets another.
    private void Pair(IReadOnlyDictionary<string, NodeProto> producers, string name, (float Scale, int Zero) grid)
    {
        // What is only moved stays on the grid that it has.
        var owner = _moved.GetValueOrDefault(name, name);
        var (scale, stem) = (Stem(owner) + "/scale", Stem(name));
        var zero = Once(FormattableString.Invariant($"{_prefix}/zero/{grid.Zero}"), Tensor.Scalar(_options.Activations, grid.Zero));
        if (owner == name)
            Store(scale, Tensor.Scalar(ElementType.Float32, grid.Scale));
        var (exact, rounded) = (stem + "/exact", name);
        if (producers.TryGetValue(name, out var producer))
            producer.Output[producer.Output.IndexOf(name)] = exact;
        else
        {
            (exact, rounded) = (name, stem + "/rounded");
            foreach (var reader in _graph.Node)
                for (var i = 0; i < reader.Input.Count; i++)
                    if (reader.Input[i] == name)
                        reader.Input[i] = rounded;
        }
        Add("QuantizeLinear", [exact, scale, zero], stem + "/whole");
        Add("DequantizeLinear", [stem + "/whole", scale, zero], rounded);
    }

    private void Weights(NodeProto node)
    {
        var weight = _values.Constant(node.Input[1])!.ToFloat32();
        var axis = node.OpType == "Conv" || AttributeValues.Read(node).Int("transB", 0) == 1 ? 0 : weight.Shape.Rank - 1;
        if (!_weights.TryGetValue(node.Input[1], out var stored))
            _weights[node.Input[1]] = stored = Stored(node.Input[1], weight, axis);
        var bias = node.Input.Count > 2 && node.Input[2].Length > 0
            ? _values.Constant(node.Input[2])!.ToFloat32().Values<float>().ToArray() : null;
        if (_options.CorrectBias && node.OpType != "MatMul")
            bias = Corrected(node, weight, axis, stored.Rounded, bias);
        node.Input[1] = stored.Name;
        if (bias is null)
            return;
        while (node.Input.Count < 3)
            node.Input.Add("");
        node.Input[2] = Bias(node, bias, stored.Scales);
    }

    private (string, float[], float[]) Stored(string name, Tensor weight, int axis)
    {
        var floats = weight.Values<float>().ToArray();
        var scales = Scales(floats, weight.Shape, axis);
        var places = scales.Length == 1 ? TensorShape.Scalar : new(scales.Length);
        var (scale, zero, stem) = (Tensor.Of<float>(places, scales), new Tensor(ElementType.Int8, places, new byte[scales.Length]),
            Stem(name));
        var grid = QuantizedGrid.Of(new Tensor(ElementType.Int8, weight.Shape, new byte[floats.Length]).ToProto(name), axis,
            scale, zero);
        var whole = new Tensor(ElementType.Int8, weight.Shape, grid.Quantized(floats));
        Add("DequantizeLinear", [Store(stem + "/whole", whole), Store(stem + "/scale", scale), Once($"{_prefix}/zeros/{scales.Length}", zero)],
            stem + "/rounded", axis);
        return (stem + "/rounded", scales, grid.Dequantized(whole));
    }

    private float[] Scales(float[] weight, TensorShape shape, int axis)
    {
        var (places, inner) = (_options.PerChannel ? (int)shape[axis] : 1, shape.SizeOf((axis + 1)..));
        var largest = new float[places];
        for (var i = 0; i < weight.Length; i++)
        {
            var place = (int)(i / inner % places);
            largest[place] = Math.Max(largest[place], Math.Abs(weight[i]));
        }
        return [.. largest.Select(reach => _options.WeightScheme.For(-reach, reach).Scale)];
    }

    // b + E[(W - Q(W)) x]: at the borders of a picture a little less than that.
    private float[]? Corrected(NodeProto node, Tensor weight, int axis, float[] rounded, float[]? bias)
    {
        var (exact, means) = (weight.Values<float>().ToArray(), _means[node.Input[0]]);
        var (outputs, group) = ((int)weight.Shape[axis], (int)AttributeValues.Read(node).Int("group", 1));
        var corrected = bias?.ToArray() ?? new float[outputs];
        var (inputs, taps) = node.OpType == "Conv" ? ((int)weight.Shape[1], (int)weight.Shape.SizeOf(2..))
            : ((int)weight.Shape[1 - axis], 1);
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++)
                for (var tap = 0; tap < taps; tap++)
                {
                    var at = axis == 0 ? (o * inputs + i) * taps + tap : i * outputs + o;
                    corrected[o] += (float)((exact[at] - rounded[at]) * means[o / (outputs / group) * inputs + i]);
                }
        return corrected;
    }

    // 32 bits at the scale of the products.
    private string Bias(NodeProto node, float[] bias, float[] scales)
    {
        var (stem, input) = (Stem(node.Output[0]) + "/q_bias", Grid(node.Input[0]).Scale);
        float[] products = [.. bias.Select((_, i) => input * scales[scales.Length == 1 ? 0 : i])];
        int[] whole = [.. bias.Zip(products, (b, s) => (int)Math.Clamp(Math.Round((double)b / s), int.MinValue, int.MaxValue))];
        var shape = new TensorShape(bias.Length);
        Add("DequantizeLinear", [Store(stem + "/whole", Tensor.Of<int>(shape, whole)),
            Store(stem + "/scale", Tensor.Of<float>(shape, products))], stem, 0);
        return stem;
    }

    private string Stem(string name)
    {
        if (name.Length <= LongName)
            return name;
        if (!_stems.TryGetValue(name, out var stem))
            _stems.Add(name, stem = $"{_prefix}{_stems.Count}");
        return stem;
    }

    // A zero point that many values and weights share.
    private string Once(string name, Tensor zero) => _zeros.Add(name) ? Store(name, zero) : name;

    private string Store(string name, Tensor value)
    {
        _graph.Initializer.Add(value.ToProto(name));
        return name;
    }

    private void Add(string op, string[] inputs, string output, int? axis = null)
    {
        var node = new NodeProto { OpType = op, Input = { inputs }, Output = { output } };
        if (axis is { } place)
            node.Attribute.Add(AttributeValues.Write("axis", (long)place));
        _graph.Node.Add(node);
    }
}
