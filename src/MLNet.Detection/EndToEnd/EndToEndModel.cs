using System.Text.Json;
using MLNet.Detection.Detectors;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// A detector as one ONNX model from a picture to its objects: resizing, normalisation, the network, decoding of its outputs, non-maximum suppression. It finds what <see cref="Detector"/> finds, one
/// picture a run, and any ONNX Runtime runs it. Outputs: <c>boxes</c> [n, 4] (x0, y0, x1, y1 in pixels of the picture),
/// <c>scores</c> [n] by falling score, <c>labels</c>, Int64 [n], from 0. The names of the classes stand in the metadata
/// entry <c>classes</c>, a JSON array.
/// </summary>
internal static class EndToEndModel
{
    internal const string Planes = "planes";

    private const string CandidateBoxes = "candidates/boxes", CandidateScores = "candidates/scores";

    /// <exception cref="ModelException">The detector's head has no such form.</exception>
    public static OnnxModel Of(DetectorModel detector)
    {
        var file = detector.Head.Outputs is { } outputs ? new FileDetections(detector, outputs) : null;
        var (model, candidates) = file is null ? Network(detector) : (file.Model(), null);
        var network = model.Proto.Graph;
        var graph = new GraphProto { Name = "detector" };
        var nodes = new NodeWriter(graph, "picture");
        graph.Input.Add(Value("pixels", ElementType.UInt8, "height", "width", 3));
        var resize = new ResizeNodes(nodes, detector.Resize, detector.Normalization);
        var planes = resize.Planes("pixels");
        if (file is null)
            Name(graph, planes, Planes);
        else
            file.Enter(nodes, graph, planes);
        graph.Node.Add(network.Node);
        graph.Initializer.Add(network.Initializer);
        var ends = new NodeWriter(graph, "detections");
        var (boxes, scores, labels) = file?.Detections(ends, resize.Scale, resize.Offset)
            ?? new SuppressionNodes(ends, detector.Decoder, candidates!.GroupIsClass).Detections(
                CandidateBoxes, CandidateScores, candidates.Boxes.Shape[1], resize.Scale, resize.Offset);
        Output(graph, boxes, "boxes", ElementType.Float32, "detections", 4);
        Output(graph, scores, "scores", ElementType.Float32, "detections");
        Output(graph, labels, "labels", ElementType.Int64, "detections");
        model.Proto.Graph = graph;
        model.Proto.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "classes", Value = JsonSerializer.Serialize(detector.Classes),
        });
        return model;
    }

    // From planes [1, 3, height, width] to candidates.
    private static (OnnxModel Model, CandidateTables? Candidates) Network(DetectorModel detector)
    {
        var (width, height) = (detector.Resize.Width, detector.Resize.Height);
        var graph = new Graph();
        graph.Input(detector.InputName, ElementType.Float32, new(1, 3, height, width));
        var values = GraphReader.Read(
            detector.Network(batch: 1), graph, detector.RawValues, new() { FoldBatchNormalization = true });
        var (scores, boxes) = detector.Head.Predictions(detector, detector.Head.Tables(detector, values));
        var candidates = CandidateTables.Of(
            scores, boxes, detector.Decoder, width, height, detector.Head.PlacesPerLevel(detector));
        graph.Output(CandidateBoxes, candidates.Boxes);
        graph.Output(CandidateScores, candidates.Scores);
        var model = GraphWriter.Write(graph, "detector");
        foreach (var node in model.Proto.Graph.Node)
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == detector.InputName)
                    node.Input[i] = Planes;
        return (model, candidates);
    }

    internal static void Output(GraphProto graph, string value, string name, ElementType type, params object[] dims)
    {
        Name(graph, value, name);
        graph.Output.Add(Value(name, type, dims));
    }

    internal static void Name(GraphProto graph, string value, string name) =>
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { value }, Output = { name } });

    internal static ValueInfoProto Value(string name, ElementType type, params object[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dims.Select(dim => dim is string text
            ? new TensorShapeProto.Types.Dimension { DimParam = text }
            : new TensorShapeProto.Types.Dimension { DimValue = (int)dim }));
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
