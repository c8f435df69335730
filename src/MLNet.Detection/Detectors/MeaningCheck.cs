using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Whether boxes mean here what they mean in the file: a picture is run, and its raw values are decoded here and by the
/// file's own tail.
/// </summary>
public static class MeaningCheck
{
    private const float LeastShare = 0.99f;

    /// <summary>Compares.</summary>
    /// <returns>The value of the tail that agrees; null where the file decodes no boxes of its own, so that there is
    /// nothing to compare.</returns>
    /// <exception cref="ModelException">The tail decodes the same rows to other boxes; the message has both.</exception>
    public static string? Demand(DetectorModel detector)
    {
        if (detector.Head is TwoStageHead stages)
            return StageCheck.Demand(detector, stages);
        var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
        var own = Decode(detector, input);
        var overlap = IntegerForm.IsOpen(detector.Model) ? TailValues.WholeNumbers : TailValues.Floats;
        var tail = TailValues.Run(detector.Model, input, detector.RawValues);
        var rows = tail.Select(at => (at.Key, Forms: TailValues.Boxes(at.Value, own.Length, input))).ToList();
        foreach (var (value, forms) in rows)
            if (forms.Any(boxes => TailValues.Agree(boxes, own, overlap) >= LeastShare))
                return value;
        // What lies straight behind the raw boxes, scaled or turned, is no decoding yet; the last value is one.
        var computed = TailValues.Computed(detector.Model, detector.RawValues);
        var last = rows.LastOrDefault(at => computed.Contains(at.Key) && tail[at.Key].Shape.Size == 4L * own.Length
            && at.Forms.Any(boxes => TailValues.ArePlausible(boxes, input)));
        if (last.Forms is null)
            return null;
        var (other, place) = Farthest(last.Forms, own, input);
        throw new ModelException($"{detector.Model.Path}: with the {detector.Head.Kind} head its boxes would mean something "
            + $"else than in the file itself: of a noise picture row {place} of '{last.Key}' is {other}, decoded here it is "
            + $"{own[place]}. Say what the head is (Head, or --head, --head-file), or give the anchors that it was made "
            + "with.");
    }

    private static (Box Other, int Place) Farthest(IReadOnlyList<Box[]> forms, Box[] own, ImageInput input)
    {
        var boxes = forms.Where(boxes => TailValues.ArePlausible(boxes, input))
            .MaxBy(boxes => TailValues.Agree(boxes, own))!;
        var place = Enumerable.Range(0, own.Length).MinBy(i => BoxOverlap.IntersectionOverUnion(boxes[i], own[i]));
        return (boxes[place], place);
    }

    // As the file's picture input is prepared, so the same picture reaches both.
    private static Box[] Decode(DetectorModel detector, ImageInput input)
    {
        var values = Subgraph.Run(detector.Model, new Dictionary<string, Tensor> { [input.Name] = input.Probe },
            [.. detector.RawValues]);
        var graph = new Graph();
        var read = detector.RawValues.Select(name => graph.Constant(name + "/probe", values[name])).ToList();
        var (_, boxes) = detector.Head.Predictions(detector, detector.Head.Tables(detector, read));
        return BoxConversion.ToBoxes(boxes.TryConstant()!.Values<float>(), BoxFormat.Xyxy);
    }
}
