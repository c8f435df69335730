using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Finds the values of a set prediction with one sigmoid a class (RT-DETR, D-FINE, DEIM): rows of logits from linear layers
/// before a sigmoid, and, of the values with four numbers a row, the one whose corners the file itself computes. The file is
/// run on a picture for that.
/// </summary>
public static class DetrFinder
{
    /// <summary>The values; null where there are none of that kind.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its image input.</param>
    /// <exception cref="ModelException">The model cannot be run.</exception>
    public static DetrFinding? Find(OnnxModel model, ImageInput input)
    {
        foreach (var head in QueryHead.All(model, input.Shapes).Where(head => head.Boxes.Count > 0))
        {
            var run = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Probe }, head.Boxes);
            if (Boxes(model, input, head.Boxes, [.. head.Boxes.Select(name => run[name].Values<float>().ToArray())])
                is { } boxes)
                return new(head.Logits, boxes, head.Queries, head.Classes);
        }
        return null;
    }

    // The last value with centre and size in parts of the picture: an output, or what a later value has the corners of.
    private static string? Boxes(OnnxModel model, ImageInput input, IReadOnlyList<string> names, List<float[]> numbers)
    {
        for (var i = names.Count - 1; i >= 0; i--)
            if (IsParts(numbers[i]) && (model.OutputNames.Contains(names[i])
                && model.Producers[names[i]].OpType == "Sigmoid" || numbers[(i + 1)..].Any(later => AreCorners(numbers[i], later, input))))
                return names[i];
        return null;
    }

    private static bool IsParts(float[] boxes) =>
        boxes.Index().All(at => at.Item is > -1 and < 2 && (at.Index % 4 < 2 || at.Item > 0))
        && boxes.Distinct().Count() > 4;

    private static bool AreCorners(float[] parts, float[] corners, ImageInput input)
    {
        var (own, file) = (BoxConversion.ToBoxes(parts, BoxFormat.Cxcywh), BoxConversion.ToBoxes(corners, BoxFormat.Xyxy));
        return Same(own, file, 1, 1) || Same(own, file, input.Width, input.Height);
    }

    private static bool Same(Box[] own, Box[] file, float width, float height)
    {
        var tolerance = 1e-3f * Math.Max(width, height);
        return own.Zip(file, (parts, box) => (Own: parts.Scale(width, height), File: box)).All(pair =>
            Math.Abs(pair.Own.X0 - pair.File.X0) < tolerance && Math.Abs(pair.Own.Y0 - pair.File.Y0) < tolerance
            && Math.Abs(pair.Own.X1 - pair.File.X1) < tolerance && Math.Abs(pair.Own.Y1 - pair.File.Y1) < tolerance);
    }
}
