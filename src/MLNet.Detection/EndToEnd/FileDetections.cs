using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.EndToEnd;

/// <summary>The nodes of a file that finds objects by itself, between a picture's planes and its objects.</summary>
internal sealed record FileDetections(DetectorModel Detector, DetectionOutputs Outputs)
{
    // What the whole model is to name so.
    private static readonly HashSet<string> Taken = ["pixels", "boxes", "scores", "labels"];

    /// <summary>The file in today's opset, with the nodes that its objects need.</summary>
    /// <exception cref="ModelException">The file is too old to stand beside other nodes.</exception>
    public OnnxModel Model()
    {
        var file = Detector.Model;
        var part = OpsetUpgrade.ToWorkingForm(
            Subgraph.Extract(file, [Outputs.Boxes, Outputs.Labels, Outputs.Scores]));
        foreach (var node in part.Proto.Graph.Node)
        {
            if (node.OpType == "Softmax" && file.Opset < 13)
                Modern(node);
            Rename(node);
        }
        foreach (var tensor in part.Proto.Graph.Initializer)
            tensor.Name = Named(tensor.Name);
        return part;
    }

    /// <summary>Adds what names the planes as the file's input.</summary>
    public void Enter(NodeWriter nodes, GraphProto graph, string planes)
    {
        var input = ImageInput.Read(Detector.Model, (Detector.Resize.Width, Detector.Resize.Height));
        var shaped = nodes.Add("Reshape", planes, nodes.Vector<long>([.. input.Shape]));
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { shaped }, Output = { Named(Detector.InputName) } });
    }

    /// <summary>Boxes in pixels of the original picture, scores, labels from 0.</summary>
    public (string Boxes, string Scores, string Labels) Detections(NodeWriter nodes, string scale, string offset)
    {
        var (boxes, scores) = (Named(Outputs.Boxes), Named(Outputs.Scores));
        var labels = nodes.Add("Sub", nodes.Cast(Named(Outputs.Labels), ElementType.Int64),
            nodes.Number((long)Outputs.FirstLabel));
        if (Detector.Decoder.ScoreThreshold > 0)
        {
            var high = nodes.Add("Greater", scores, nodes.Number(Detector.Decoder.ScoreThreshold));
            var rows = nodes.Add("Squeeze", nodes.Add("NonZero", high), nodes.Vector(0L));
            (boxes, scores, labels) = (nodes.Add("Gather", boxes, rows), nodes.Add("Gather", scores, rows),
                nodes.Add("Gather", labels, rows));
        }
        return (nodes.Add("Div", nodes.Add("Sub", boxes, offset), scale), scores, labels);
    }

    // Before opset 13 a softmax ran over all axes from one on: of class logits [R, C] that is the last one.
    private void Modern(NodeProto softmax)
    {
        if (softmax.Input[0] != Detector.ClassValue)
            throw new ModelException($"{Detector.Model.Path}: '{softmax.Output[0]}' is a softmax of opset "
                + $"{Detector.Model.Opset}, which no later one says; export the model with opset 13 or later.");
        softmax.Attribute.Clear();
    }

    private static string Named(string name) => Taken.Contains(name) ? "file/" + name : name;

    private static void Rename(NodeProto node)
    {
        for (var i = 0; i < node.Input.Count; i++)
            node.Input[i] = Named(node.Input[i]);
        for (var i = 0; i < node.Output.Count; i++)
            node.Output[i] = Named(node.Output[i]);
        foreach (var body in node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G))
        {
            foreach (var inner in body.Node)
                Rename(inner);
            foreach (var output in body.Output)
                output.Name = Named(output.Name);
        }
    }
}
