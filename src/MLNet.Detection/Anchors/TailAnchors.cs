using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
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
    private const string Remedy = "Give the anchors that the program behind the file knows: Anchors or AnchorScheme, --anchors FILE or "
        + "--anchor-scheme NAME.";

    /// <summary>Finds the decoded boxes in the tail, and reads anchors and coder there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="deltas">Name of the raw deltas, [1, N, 4].</param>
    /// <param name="input">The image input.</param>
    /// <param name="named">A value that is tried first, as the one with the boxes.</param>
    /// <exception cref="ModelException">No value in the tail is a decoding of this kind.</exception>
    public static TailAnchors Find(OnnxModel model, string deltas, ImageInput input, string? named = null)
    {
        ModelException? first = null;
        model = ActivationRounding.Without(model);
        var count = Count(model, deltas, deltas, input);
        foreach (var boxes in (string[])[.. named is null || named == deltas ? [] : new[] { named }, .. Candidates(model, deltas, count, input)])
            try
            {
                return Read(model, deltas, boxes, count, input);
            }
            catch (ModelException error)
            {
                first ??= error;
            }
        if (Stored(model, deltas, count, input) is { } stored)
            return stored;
        if (AreOfPoints(model, deltas, input))
            throw new ModelException($"{model.Path}: '{deltas}' holds one box a cell, and nothing behind it decodes all of "
                + "them: they may be distances from points (FCOS) as well as deltas of anchors. Say which: --head fcos with "
                + "--objectness-output, --head-file, or anchors in a file.");
        throw first ?? new ModelException(
            $"{model.Path}: '{deltas}' holds raw deltas, and nothing behind it decodes them with anchors"
            + $"{Joining(model, deltas)}. {Remedy}");
    }

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
        DemandTail(model, deltas, boxes);
        var input = ImageInput.Read(model, (width, height));
        return Read(model, deltas, boxes, Count(model, deltas, boxes, input), input);
    }

    private static void DemandTail(OnnxModel model, string deltas, string boxes)
    {
        if (deltas == boxes)
            throw new ModelException(
                $"{model.Path}: '{boxes}' holds the raw deltas themselves, not what is decoded of them with anchors. {Remedy}");
    }

    // Boxes and scores in one output: as they are.
    private static string Joining(OnnxModel model, string deltas) =>
        model.Proto.Graph.Node.FirstOrDefault(node => node.OpType == "Concat" && node.Input.Contains(deltas)) is { } join
            && join.Input.FirstOrDefault(name => name != deltas) is { } other
            ? $": '{join.Output[0]}' only joins them with '{other}'" : "";

    private static TailAnchors Read(OnnxModel model, string deltas, string boxes, long count, ImageInput input)
    {
        DemandTail(model, deltas, boxes);
        using var tail = new SubgraphProbe(model, Feeds(default), [boxes]);
        Box[] Decode(BoxDelta delta) => Decoded(model, boxes, count, tail.Run(Feeds(delta))[boxes]);
        var anchors = Decode(default);
        var shifted = Decode(new(1, 1, 0, 0));
        // A shifted centre moves all corners, but not a size.
        var corners = anchors.Zip(shifted).Any(pair => pair.First.X1 != pair.Second.X1);
        // Parts of the image stay near 1, pixels do not. TensorFlow writes heights first.
        Box Formed(Box box) => corners ? box : Box.FromCxcywh(box.X0, box.Y0, box.X1, box.Y1);
        var turned = AreTurned([.. anchors.Select(Formed)]);
        (float X, float Y) scale = anchors.Max(box => Math.Max(box.X1, box.Y1)) >= 4 ? (1, 1)
            : turned ? (input.Height, input.Width) : (input.Width, input.Height);
        Box[] Boxes(Box[] decoded) => [.. decoded.Select(box => Formed(box).Scale(scale.X, scale.Y))];
        var found = ReadCode(model, boxes, delta => Boxes(Decode(delta)));
        return turned ? Turned([.. found.Anchors], found.Coder) : found;

        // Some tails ask the feature maps for their sizes.
        Dictionary<string, Tensor> Feeds(BoxDelta delta)
        {
            var all = new BoxDelta[count];
            Array.Fill(all, delta);
            return new()
            {
                [deltas] = Tensor.Of<float>(new(1, count, 4), MemoryMarshal.Cast<BoxDelta, float>(all)),
                [input.Name] = input.Zeros,
            };
        }
    }

    /// <summary>Reads anchors and coder out of any decoding.</summary>
    /// <param name="model">The model, for messages.</param>
    /// <param name="boxes">Name of the decoded boxes, for messages.</param>
    /// <param name="decode">The boxes, in pixels, where all places have the same deltas.</param>
    /// <exception cref="ModelException">It is no decoding of this kind.</exception>
    internal static TailAnchors ReadCode(OnnxModel model, string boxes, Func<BoxDelta, Box[]> decode)
    {
        var (at, moved, grown) = (decode(default), decode(new(1, 1, 0, 0)), decode(new(0, 0, 1, 1)));
        var coder = new BoxCoder(
            Weight(model, boxes, at, moved, (a, m) => a.Width / (m.CenterX - a.CenterX)),
            Weight(model, boxes, at, moved, (a, m) => a.Height / (m.CenterY - a.CenterY)),
            Weight(model, boxes, at, grown, (a, g) => 1 / MathF.Log(g.Width / a.Width)),
            Weight(model, boxes, at, grown, (a, g) => 1 / MathF.Log(g.Height / a.Height)));
        coder = coder with { MaxLogScale = Limit(at, decode(new(0, 0, 20 * coder.WeightWidth, 0))) };
        var probe = new BoxDelta(-0.5f, 0.25f, 0.5f, -0.75f);
        Verify(model, boxes, decode(probe), [.. at.Select(anchor => coder.Decode(probe, anchor))]);
        return new(at, coder);
    }

    // Anchors as they are, for a program behind the file or for rows that are chosen before they are decoded. Their code has
    // no weights: files with others decode all rows.
    private static TailAnchors? Stored(OnnxModel model, string deltas, long count, ImageInput input)
    {
        if (AreOfPoints(model, deltas, input))
            return null;
        foreach (var name in Tail.Constants(model, 4 * count, input.Shapes))
        {
            var value = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Zeros }, [name])[name];
            var boxes = BoxConversion.ToBoxes(value.Values<float>(), BoxFormat.Xyxy);
            if (boxes.All(box => box.IsProper))
                return AreTurned(boxes) ? Turned(boxes, BoxCoder.RetinaNet) : new(boxes, BoxCoder.RetinaNet);
        }
        return null;
    }

    // One box a cell is as well the square around a point of a head without anchors.
    private static bool AreOfPoints(OnnxModel model, string deltas, ImageInput input)
    {
        var maps = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Zeros },
            HeadMaps.Behind(model, deltas)).Values.ToList();
        return maps.Count > 0 && maps.All(map => map.Shape.Rank == 4 && map.Shape[1] == 4);
    }

    // Places run along the rows of a map: what changes first is the distance from the left.
    private static bool AreTurned(Box[] boxes)
    {
        // Boxes of one cell have one centre, up to rounding.
        var cell = 0.01f * (boxes[0].Width + boxes[0].Height);
        var next = boxes.FirstOrDefault(box =>
            MathF.Abs(box.CenterX - boxes[0].CenterX) + MathF.Abs(box.CenterY - boxes[0].CenterY) > cell, boxes[0]);
        var (right, down) = (MathF.Abs(next.CenterX - boxes[0].CenterX), MathF.Abs(next.CenterY - boxes[0].CenterY));
        return down > 0 && right < 1e-3f * down;
    }

    private static TailAnchors Turned(Box[] boxes, BoxCoder coder) =>
        new([.. boxes.Select(box => new Box(box.Y0, box.X0, box.Y1, box.X1))],
            new(coder.WeightY, coder.WeightX, coder.WeightHeight, coder.WeightWidth)
            {
                MaxLogScale = coder.MaxLogScale, HeightFirst = true,
            });

    // Values behind the deltas that hold four numbers for each of them.
    private static IEnumerable<string> Candidates(OnnxModel model, string deltas, long count, ImageInput input) =>
        Tail.Decodings(model, deltas, new(1, count, 4), input.Shapes)
            .Where(at => at.Shape.Size == 4 * count && at.Shape.Rank > 1 && at.Shape[-1] == 4).Select(at => at.Value);

    private static long Count(OnnxModel model, string deltas, string boxes, ImageInput input)
    {
        var graph = new Graph();
        var shape = GraphReader.Read(model, graph, [deltas], new() { InputShapes = input.Shapes })[0].Shape;
        return shape.Rank == 3 && shape[2] == 4 ? shape[1] : throw new ModelException(
            $"{model.Path}: the raw boxes '{deltas}' before '{boxes}' are {shape}, expected [batch, anchors, 4].");
    }

    private static Box[] Decoded(OnnxModel model, string boxes, long count, Tensor decoded) =>
        decoded.Shape.Rank < 2 || decoded.Shape[-1] != 4 || decoded.Shape.Size != count * 4
            ? throw new ModelException($"{model.Path}: '{boxes}' is {decoded.Shape}, not one box an anchor; name the decoded "
                + "boxes before non-maximum suppression, or give the anchors in a file.")
            : BoxConversion.ToBoxes(decoded.Values<float>(), BoxFormat.Xyxy);

    // The median over the anchors; each must agree with it.
    private static float Weight(OnnxModel model, string boxes, Box[] at, Box[] changed, Func<Box, Box, float> weight)
    {
        var all = at.Zip(changed, weight).Order().ToArray();
        var median = MathF.Round(all[all.Length / 2], 3);
        return all.All(w => MathF.Abs(w - median) <= 0.01f * median) ? median : throw Foreign(model, boxes);
    }

    // A tail without a limit grows boxes e^20 fold.
    private static float? Limit(Box[] at, Box[] grown)
    {
        var limit = MathF.Log(grown[0].Width / at[0].Width);
        return limit > 19 || !float.IsFinite(limit) ? null
            : MathF.Abs(limit - BoxCoder.TorchvisionMaxLogScale) < 1e-3f ? BoxCoder.TorchvisionMaxLogScale : limit;
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
