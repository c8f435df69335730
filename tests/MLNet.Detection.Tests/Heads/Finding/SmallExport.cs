using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Tests;

namespace MLNet.Detection.Tests.Heads.Finding;

/// <summary>
/// Exported detectors of one convolution a map, with random weights: input "image" [1, 3, 64, 64], and an end laid out
/// as a family's exporter lays it out.
/// </summary>
internal sealed class SmallExport
{
    public const int Side = 64;

    private readonly List<NodeProto> _nodes = [];
    private readonly List<(string Name, Tensor Value)> _stored = [];
    private readonly List<string> _outputs = [];
    private readonly RandomTensors _random = new(3);

    /// <summary>A map of one convolution with the given stride: [1, channels, 64 / stride, 64 / stride].</summary>
    public string Map(string name, int stride, int channels)
    {
        var weight = Stored(_random.Uniform(-0.02, 0.02, channels, 3, stride, stride));
        var bias = Stored(_random.Uniform(-0.5, 0.5, channels));
        return Add("Conv", [Image, weight, bias], name, ("strides", new long[] { stride, stride }));
    }

    /// <summary>The input.</summary>
    public static string Image => "image";

    /// <summary>A node with one output.</summary>
    public string Add(string op, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        _nodes.Add(HandMade.Node(op, inputs, [output], attributes));
        return output;
    }

    /// <summary>A map as rows of places: [1, cells anchors, columns].</summary>
    public string Rows(string map, int columns, string output)
    {
        Add("Transpose", [map], map + "_last", ("perm", new long[] { 0, 2, 3, 1 }));
        return Add("Reshape", [map + "_last", Stored(Tensor.Vector<long>(1, -1, columns))], output);
    }

    /// <summary>Values that are joined.</summary>
    public string Join(string output, int axis, params string[] parts) => Add("Concat", parts, output, ("axis", axis));

    /// <summary>Channels taken apart.</summary>
    public void Split(string map, long[] sizes, params string[] outputs) => _nodes.Add(
        HandMade.Node("Split", [map, Stored(Tensor.Vector(sizes))], outputs, ("axis", 1)));

    /// <summary>A constant's name.</summary>
    public string Stored(Tensor value)
    {
        _stored.Add(($"stored{_stored.Count}", value));
        return _stored[^1].Name;
    }

    /// <summary>Outputs of the file.</summary>
    public SmallExport Gives(params string[] outputs)
    {
        _outputs.AddRange(outputs);
        return this;
    }

    /// <summary>The file; with open axes where the exporter leaves height and width open.</summary>
    public OnnxModel Model(bool openSize = false)
    {
        var model = HandMade.Model(13, [Tensor.Of<float>(new(1, 3, Side, Side), new float[3 * Side * Side])],
            [.. _nodes], [.. _stored]);
        var (graph, picture) = (model.Proto.Graph, model.Proto.Graph.Input[0]);
        picture.Name = Image;
        if (openSize)
            foreach (var axis in (int[])[2, 3])
                picture.Type.TensorType.Shape.Dim[axis] = new() { DimParam = axis == 2 ? "height" : "width" };
        graph.Output.Clear();
        graph.Output.Add(_outputs.Select(name => new ValueInfoProto
        {
            Name = name, Type = new() { TensorType = new() { ElemType = (int)ElementType.Float32 } },
        }));
        return model;
    }
}
