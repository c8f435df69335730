using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Anchors and box coder that a model's own post-processing holds, found by running it: zero deltas decode to the
/// anchors, and unit deltas show the weights of the code.
/// </summary>
/// <param name="Anchors">In pixels of the network's input.</param>
/// <param name="Coder">The code that the tail undoes.</param>
public sealed record TailAnchors(IReadOnlyList<Box> Anchors, BoxCoder Coder)
{
    /// <summary>Reads them out of the tail between the raw deltas and the decoded boxes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="deltas">Name of the raw deltas, [1, N, 4].</param>
    /// <param name="boxes">
    /// Name of the decoded boxes, [1, N, 4]: corners or centre and size, in pixels or parts of the image.
    /// </param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <exception cref="ModelException">The tail is no decoding of this kind.</exception>
    public static TailAnchors Read(OnnxModel model, string deltas, string boxes, int width, int height)
    {
        if (deltas == boxes)
            throw new ModelException(
                $"{model.Path}: '{boxes}' holds raw deltas, so the file carries no anchors; give them in a file.");
        var count = Count(model, deltas, boxes, new(1, 3, height, width));
        var anchors = Decode(model, deltas, boxes, count, default);
        var shifted = Decode(model, deltas, boxes, count, new(1, 1, 0, 0));
        // A shifted centre moves all corners, but not a size.
        var corners = anchors.Zip(shifted).Any(pair => pair.First.X1 != pair.Second.X1);
        // Parts of the image stay near 1, pixels do not.
        (float X, float Y) scale = anchors.Max(box => Math.Max(box.X1, box.Y1)) < 4 ? (width, height) : (1, 1);
        Box[] Boxes(Box[] decoded) => [.. decoded.Select(box =>
            (corners ? box : Box.FromCxcywh(box.X0, box.Y0, box.X1, box.Y1)).Scale(scale.X, scale.Y))];
        var (at, moved) = (Boxes(anchors), Boxes(shifted));
        var grown = Boxes(Decode(model, deltas, boxes, count, new(0, 0, 1, 1)));
        var coder = new BoxCoder(
            Weight(model, boxes, at, moved, (a, m) => a.Width / (m.CenterX - a.CenterX)),
            Weight(model, boxes, at, moved, (a, m) => a.Height / (m.CenterY - a.CenterY)),
            Weight(model, boxes, at, grown, (a, g) => 1 / MathF.Log(g.Width / a.Width)),
            Weight(model, boxes, at, grown, (a, g) => 1 / MathF.Log(g.Height / a.Height)));
        var probe = new BoxDelta(-0.5f, 0.25f, 0.5f, -0.75f);
        Verify(model, boxes, Boxes(Decode(model, deltas, boxes, count, probe)),
            [.. at.Select(anchor => coder.Decode(probe, anchor))]);
        return new(at, coder);
    }

    private static long Count(OnnxModel model, string deltas, string boxes, TensorShape image)
    {
        var graph = new Graph();
        var shapes = new Dictionary<string, TensorShape> { [model.Inputs[0].Name] = image };
        var shape = GraphReader.Read(model, graph, [deltas], new() { InputShapes = shapes })[0].Shape;
        return shape.Rank == 3 && shape[2] == 4 ? shape[1] : throw new ModelException(
            $"{model.Path}: the raw boxes '{deltas}' before '{boxes}' are {shape}, expected [batch, anchors, 4].");
    }

    private static Box[] Decode(OnnxModel model, string deltas, string boxes, long count, BoxDelta delta)
    {
        var all = new BoxDelta[count];
        Array.Fill(all, delta);
        var values = Tensor.Of<float>(new(1, count, 4), MemoryMarshal.Cast<BoxDelta, float>(all));
        var decoded = Subgraph.Run(model, new Dictionary<string, Tensor> { [deltas] = values }, [boxes])[boxes];
        if (decoded.Shape.Rank < 2 || decoded.Shape[-1] != 4 || decoded.Shape.Size != count * 4)
            throw new ModelException(
                $"{model.Path}: '{boxes}' is {decoded.Shape}, not one box an anchor; name the decoded boxes before "
                + "non-maximum suppression, or give the anchors in a file.");
        return BoxConversion.ToBoxes(decoded.Values<float>(), BoxFormat.Xyxy);
    }

    // The median over the anchors; each must agree with it.
    private static float Weight(OnnxModel model, string boxes, Box[] at, Box[] changed, Func<Box, Box, float> weight)
    {
        var all = at.Zip(changed, weight).Order().ToArray();
        var median = MathF.Round(all[all.Length / 2], 3);
        return all.All(w => MathF.Abs(w - median) <= 0.01f * median) ? median : throw Foreign(model, boxes);
    }

    // Another code may agree where the weights were measured, but not elsewhere as well.
    private static void Verify(OnnxModel model, string boxes, Box[] decoded, Box[] expected)
    {
        foreach (var (box, same) in decoded.Zip(expected))
        {
            var tolerance = 0.01f * (same.Width + same.Height);
            if (!(MathF.Abs(box.X0 - same.X0) <= tolerance && MathF.Abs(box.Y0 - same.Y0) <= tolerance
                && MathF.Abs(box.X1 - same.X1) <= tolerance && MathF.Abs(box.Y1 - same.Y1) <= tolerance))
                throw Foreign(model, boxes);
        }
    }

    private static ModelException Foreign(OnnxModel model, string boxes) => new(
        $"{model.Path}: the decoding behind '{boxes}' is not that of anchors with fixed weights; give the anchors in a "
        + "file.");
}
