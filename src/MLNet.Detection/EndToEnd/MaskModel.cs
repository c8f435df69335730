using System.Text.Json;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// A segmentation network as one ONNX model from a picture to the class of each of its pixels: resizing, normalisation, the
/// network, its activation, and the way back to the picture's size. Output: <c>labels</c>, uint8 [height, width], 0 for
/// background, 1 for the first class; names of the classes in the metadata entry <c>classes</c>, a JSON array.
/// </summary>
internal static class MaskModel
{
    private const string Probabilities = "map/probabilities";

    /// <exception cref="ModelException">The network does not resize its pictures by stretching them.</exception>
    public static OnnxModel Of(SegmenterModel segmenter)
    {
        if (segmenter.Tiling is not null || segmenter.Resize.Mode != ResizeMode.Stretch)
            throw new ModelException($"{segmenter.Path}: it scores pictures in "
                + $"{(segmenter.Tiling is null ? "a frame" : "windows")}, which one model from pixels to labels does not do; import "
                + $"it with {nameof(ResizeMode)}.{nameof(ResizeMode.Stretch)} and without {nameof(Tiling)}.");
        var model = Network(segmenter);
        var network = model.Proto.Graph;
        var graph = new GraphProto { Name = "segmenter" };
        var nodes = new NodeWriter(graph, "picture");
        graph.Input.Add(EndToEndModel.Value("pixels", ElementType.UInt8, "height", "width", 3));
        var resize = new ResizeNodes(nodes, segmenter.Resize, segmenter.Normalization);
        EndToEndModel.Name(graph, resize.Planes("pixels"), EndToEndModel.Planes);
        graph.Node.Add(network.Node);
        graph.Initializer.Add(network.Initializer);
        EndToEndModel.Output(graph, Labels(new(graph, "labels"), segmenter), "labels", ElementType.UInt8, "height", "width");
        model.Proto.Graph = graph;
        model.Proto.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "classes", Value = JsonSerializer.Serialize(segmenter.Classes),
        });
        return model;
    }

    private static OnnxModel Network(SegmenterModel segmenter)
    {
        var graph = new Graph();
        graph.Input(segmenter.InputName, ElementType.Float32, segmenter.InputShape(1));
        var values = GraphReader.Read(
            segmenter.Network(batch: 1), graph, segmenter.RawValues, new() { FoldBatchNormalization = true });
        graph.Output(Probabilities, segmenter.Probabilities(segmenter.Map(values[0])));
        var model = GraphWriter.Write(graph, "segmenter");
        foreach (var node in model.Proto.Graph.Node)
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == segmenter.InputName)
                    node.Input[i] = EndToEndModel.Planes;
        return model;
    }

    // Between the four nearest pixels, centres at halves, as the library does it.
    private static string Labels(NodeWriter nodes, SegmenterModel segmenter)
    {
        var sides = nodes.Add("Slice", nodes.Add("Shape", "pixels"), nodes.Vector(0L), nodes.Vector(2L));
        var sizes = nodes.Add("Concat", [nodes.Vector(1L, segmenter.Channels), sides], ("axis", 0));
        var resized = nodes.Node("Resize", [Probabilities, "", "", sizes], 1);
        foreach (var (name, value) in new[] { ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel") })
            resized.Attribute.Add(new AttributeProto
            {
                Name = name, S = Google.Protobuf.ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String,
            });
        var best = nodes.Add("ArgMax", [resized.Output[0]], ("axis", 1), ("keepdims", 0));
        var numbers = nodes.Add("Gather", nodes.Vector([.. Enumerable.Range(0, segmenter.Channels)
            .Select(channel => (long)segmenter.LabelOf(channel))]), best);
        if (segmenter.Activation == MapActivation.Sigmoid)
        {
            var most = nodes.Add("ReduceMax", [resized.Output[0], nodes.Vector(1L)], ("keepdims", 0));
            numbers = nodes.Add("Where", nodes.Add("Greater", most, nodes.Number(segmenter.Threshold)), numbers, nodes.Number(0L));
        }
        return nodes.Cast(nodes.Add("Squeeze", numbers, nodes.Vector(0L)), ElementType.UInt8);
    }
}
