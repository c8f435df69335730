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
    /// <summary>Compares.</summary>
    /// <returns>The value of the tail that agrees; null where the file decodes no boxes of its own, so that there is
    /// nothing to compare.</returns>
    /// <exception cref="ModelException">The tail decodes the same rows to other boxes; the message has both.</exception>
    public static string? Demand(DetectorModel detector)
    {
        var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
        var own = Decode(detector, input);
        var overlap = IntegerForm.IsOpen(detector.Model) ? TailValues.WholeNumbers : TailValues.Floats;
        var tail = TailRun.Of(
            detector.Model, detector.RawValues, new Dictionary<string, Tensor> { [input.Name] = input.Probe });
        var tables = TailTable.All(tail, detector.Head.Layout(detector)).Where(table => table.Columns >= 4).ToList();
        foreach (var table in tables)
            if (Forms(table).Any(boxes => TailValues.AreSame(boxes, own, overlap)))
                return table.Values[^1];
        // What lies straight behind the raw boxes, scaled or turned, is no decoding yet; the last value is one.
        var computed = TailValues.Computed(detector.Model, detector.RawValues);
        var last = tables.LastOrDefault(table => table.Columns == 4 && table.Values.All(computed.Contains)
            && Forms(table).Any(boxes => TailValues.ArePlausible(boxes, input)));
        if (last is null)
            return null;
        var (other, place) = Farthest(Forms(last), own, input);
        throw new ModelException($"{detector.Model.Path}: with the {detector.Head.Kind} head its boxes would mean something "
            + $"else than in the file itself: of a noise picture row {place} of '{last.Values[^1]}' is {other}, decoded here "
            + $"it is {own[place]}. Say what the head is (Head, or --head, --head-file), or give the anchors that it was "
            + "made with.");

        IReadOnlyList<Box[]> Forms(TailTable table) => TailValues.Boxes(table.Read(tail), table.Columns, input);
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
