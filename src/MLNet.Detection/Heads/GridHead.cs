using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Heads of the YOLO family: feature maps with a box, an objectness and one sigmoid a class for each anchor of each
/// cell. The score of a class is its probability times the objectness. Maps are read where the convolutions give them,
/// so that it does not matter how a file lays them out and decodes them.
/// </summary>
public abstract record GridHead : DetectionHead
{
    internal override DetectionDecoder CustomaryDecoder => DetectionDecoder.Yolo;

    /// <summary>[B, anchors columns, H, W] as [B, H W anchors, columns]: the order row, column, anchor.</summary>
    private protected static Var Rows(Var map, long columns) =>
        Op.Reshape(Op.Transpose(map, 0, 2, 3, 1), map.Shape[0], map.Shape.Size / map.Shape[0] / columns, columns);

    /// <summary>Two numbers of each anchor, [N, 2].</summary>
    private protected static Var Pairs(HeadFrame detector, Graph graph, Func<Box, (float X, float Y)> pair) =>
        graph.Constant(Tensor.Of<float>(new(detector.Anchors.Count, 2),
            [.. detector.Anchors.Select(pair).SelectMany(p => new[] { p.X, p.Y })]));

    /// <summary>The square of each cell of the maps [1, channels, H, W].</summary>
    private protected static Box[] Cells(HeadImport import, IReadOnlyList<TensorShape> maps)
    {
        var strides = maps.Select(map => new[] { new Vector2((float)import.Width / map[3]) });
        return new YoloAnchors([.. strides]).Generate(import.Width, import.Height,
            [.. maps.Select(map => new GridSize((int)map[3], (int)map[2]))]);
    }

    internal override PlaceValues Taught(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        var parts = Op.Split(tables[0], 2, 4, 1, detector.Classes.Count);
        return new(parts[2], false, detector.InPlaces(parts[0])) { Objectness = parts[1] };
    }

    // The one table has rows of centre, size, objectness logit and class logits.
    internal override DetectedObject[] Decode(HeadFrame detector, IReadOnlyList<ReadOnlyMemory<float>> tables)
    {
        var (classes, boxes) = (detector.Classes.Count, new Box[detector.Anchors.Count]);
        var scores = new float[boxes.Length * classes];
        for (var i = 0; i < boxes.Length; i++)
        {
            var row = tables[0].Span.Slice(i * (5 + classes), 5 + classes);
            boxes[i] = Box.FromCxcywh(row[0], row[1], row[2], row[3]);
            var objectness = ClassScores.Sigmoid(row[4]);
            for (var c = 0; c < classes; c++)
                scores[i * classes + c] = objectness * ClassScores.Sigmoid(row[5 + c]);
        }
        return detector.Select(scores, boxes);
    }

    internal override (Var Scores, Var Boxes) Predictions(HeadFrame detector, IReadOnlyList<Var> tables)
    {
        var parts = Op.Split(Op.Squeeze(tables[0], 0), 1, 2, 2, 1, detector.Classes.Count);
        var (centre, half) = (parts[0], parts[1] * 0.5f);
        return (Op.Logistic(parts[2]) * Op.Logistic(parts[3]), Op.Concat([centre - half, centre + half], 1));
    }
}
