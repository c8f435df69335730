using System.Text.Json;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// A segmentation network as one ONNX model from a picture to the class of each of its pixels: resizing, a frame or windows,
/// normalisation, the network, its activation, and the way back to the picture's size. Output: <c>labels</c>, uint8 [height, width], 0 for
/// background, 1 for the first class; names of the classes in the metadata entry <c>classes</c>, a JSON array.
/// </summary>
internal static class MaskModel
{
    private const string Probabilities = "map/probabilities";

    public static OnnxModel Of(SegmenterModel segmenter)
    {
        var (model, map) = Network(segmenter);
        var network = model.Proto.Graph;
        var graph = new GraphProto { Name = "segmenter", Initializer = { network.Initializer } };
        graph.Input.Add(EndToEndModel.Value("pixels", ElementType.UInt8, "height", "width", 3));
        var nodes = new NodeWriter(graph, "picture");
        var probabilities = segmenter.Tiling is null ? Whole(nodes, segmenter, network, map)
            : InWindows(nodes, segmenter, network, map);
        EndToEndModel.Output(graph, Labels(new(graph, "labels"), segmenter, probabilities), "labels", ElementType.UInt8, "height", "width");
        model.Proto.Graph = graph;
        model.Proto.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "classes", Value = JsonSerializer.Serialize(segmenter.Classes),
        });
        return model;
    }

    private static string Whole(NodeWriter nodes, SegmenterModel segmenter, GraphProto network, TensorShape map)
    {
        var resize = new ResizeNodes(nodes, segmenter.Resize, segmenter.Normalization);
        EndToEndModel.Name(nodes.Graph, resize.Planes("pixels"), EndToEndModel.Planes);
        nodes.Graph.Node.Add(network.Node);
        return segmenter.Resize.Mode == ResizeMode.Stretch ? Stretched(nodes, segmenter.Channels)
            : Unframed(nodes, segmenter.Resize, map, resize);
    }

    private static string InWindows(NodeWriter nodes, SegmenterModel segmenter, GraphProto network, TensorShape map)
    {
        string Map(NodeWriter window, string pixels)
        {
            var planes = new ResizeNodes(window, segmenter.Resize, segmenter.Normalization).Normalized(pixels);
            EndToEndModel.Name(window.Graph, planes, EndToEndModel.Planes);
            window.Graph.Node.Add(network.Node);
            return Probabilities;
        }
        return new WindowNodes(segmenter, Map, map).Probabilities(nodes, "pixels");
    }

    private static (OnnxModel Model, TensorShape Map) Network(SegmenterModel segmenter)
    {
        var graph = new Graph();
        graph.Input(segmenter.InputName, ElementType.Float32, segmenter.InputShape(1));
        var values = GraphReader.Read(
            segmenter.Network(batch: 1), graph, segmenter.RawValues, new() { FoldBatchNormalization = true });
        var map = segmenter.Probabilities(segmenter.Map(values[0]));
        graph.Output(Probabilities, map);
        var model = GraphWriter.Write(graph, "segmenter");
        foreach (var node in model.Proto.Graph.Node)
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == segmenter.InputName)
                    node.Input[i] = EndToEndModel.Planes;
        return (model, map.Shape);
    }

    private static string Stretched(NodeWriter nodes, int channels)
    {
        var sides = nodes.Add("Slice", nodes.Add("Shape", "pixels"), nodes.Vector(0L), nodes.Vector(2L));
        var sizes = nodes.Add("Concat", [nodes.Vector(1L, channels), sides], ("axis", 0));
        return nodes.Resized(Probabilities, sizes);
    }

    // Between the four nearest pixels too, where the picture is a part of the map: rows and columns are mixed by two matrices.
    private static string Unframed(NodeWriter nodes, ImageResize frame, TensorShape map, ResizeNodes way)
    {
        var down = Taps(nodes, way, axis: 0, map[2], (double)map[2] / frame.Height);
        var across = Taps(nodes, way, axis: 1, map[3], (double)map[3] / frame.Width);
        return nodes.Add("MatMul", nodes.Add("MatMul", down, Probabilities), nodes.Transpose(across, 1, 0));
    }

    // [pixels of the picture, pixels of the map]: at = ((x + 1/2) scale + offset) unit - 1/2, within the map.
    private static string Taps(NodeWriter nodes, ResizeNodes way, int axis, long size, double unit)
    {
        string Of(string pair) => nodes.Cast(nodes.Add("Gather", pair, nodes.Number(1L - axis)), ElementType.Float64);
        string Range(string to) => nodes.Cast(nodes.Add("Range", nodes.Number(0L), to, nodes.Number(1L)), ElementType.Float64);
        var count = nodes.Add("Gather", nodes.Add("Shape", "pixels"), nodes.Number((long)axis));
        var half = nodes.Number(0.5);
        var inFrame = nodes.Add("Add", nodes.Add("Mul", nodes.Add("Add", Range(count), half), Of(way.Scale)), Of(way.Offset));
        var inMap = nodes.Add("Clip", nodes.Add("Sub", nodes.Add("Mul", inFrame, nodes.Number(unit)), half),
            nodes.Number(0.0), nodes.Number(size - 1.0));
        var apart = nodes.Add("Abs", nodes.Add("Sub", nodes.Add("Unsqueeze", inMap, nodes.Vector(1L)),
            nodes.Add("Unsqueeze", Range(nodes.Number(size)), nodes.Vector(0L))));
        var near = nodes.Add("Max", nodes.Add("Sub", nodes.Number(1.0), apart), nodes.Number(0.0));
        return nodes.Cast(near, ElementType.Float32);
    }

    private static string Labels(NodeWriter nodes, SegmenterModel segmenter, string probabilities)
    {
        var best = nodes.Add("ArgMax", [probabilities], ("axis", 1), ("keepdims", 0));
        var numbers = nodes.Add("Gather", nodes.Vector([.. Enumerable.Range(0, segmenter.Channels)
            .Select(channel => (long)segmenter.LabelOf(channel))]), best);
        if (segmenter.Activation == MapActivation.Sigmoid)
        {
            var most = nodes.Add("ReduceMax", [probabilities, nodes.Vector(1L)], ("keepdims", 0));
            numbers = nodes.Add("Where", nodes.Add("Greater", most, nodes.Number(segmenter.Threshold)), numbers, nodes.Number(0L));
        }
        return nodes.Cast(nodes.Add("Squeeze", numbers, nodes.Vector(0L)), ElementType.UInt8);
    }
}
