using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Whether boxes and scores mean here what they mean in the file: a picture is run, and its raw values are decoded here
/// and by the file's own tail.
/// </summary>
public static class MeaningCheck
{
    private const float LeastShare = 0.99f;

    /// <summary>Compares.</summary>
    /// <returns>The values of the tail that agree; null where the file decodes none of its own, so that there is
    /// nothing to compare.</returns>
    /// <exception cref="ModelException">The tail decodes the same rows to other boxes or scores; the message has
    /// both.</exception>
    public static (string? Boxes, string? Scores) Demand(DetectorModel detector)
    {
        if (detector.Head is TwoStageHead stages)
            return StageCheck.Demand(detector, stages);
        var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
        var tail = TailValues.Run(detector.Model, input, detector.RawValues);
        var (scores, boxes) = Decode(detector, tail);
        return (DemandBoxes(detector, input, tail, boxes), DemandScores(detector, tail, scores));
    }

    /// <summary>Compares a saved file, as it was read again, with the detector that was trained: of one picture both must
    /// give the same boxes and scores. A file of whole numbers gives others by rounding, which only a data set
    /// measures.</summary>
    /// <exception cref="ModelException">The file gives others.</exception>
    public static void DemandSame(DetectorModel saved, DetectorModel trained)
    {
        if (saved.ScoresWholeNumbers)
            return;
        if (trained.Head.Outputs is { } outputs)
        {
            StageCheck.DemandSame(saved, trained, outputs);
            return;
        }
        var ((scores, boxes), (ownScores, ownBoxes)) = (Untouched(saved), Untouched(trained));
        var other = boxes.Length != ownBoxes.Length || TailValues.Agree(boxes, ownBoxes) < LeastShare ? "boxes"
            : scores.Agrees(ownScores, TailScores.Floats) ? null : "scores";
        if (other is not null)
            throw new ModelException($"{saved.Model.Path}: the saved file gives other {other} than the detector that was "
                + "trained; please report it with the file that the training began from.");

        static (ScoreTable, Box[]) Untouched(DetectorModel detector)
        {
            var input = ImageInput.Read(detector.Model, (detector.Resize.Width, detector.Resize.Height));
            return Decode(detector, Subgraph.Run(detector.Model,
                new Dictionary<string, Tensor> { [input.Name] = input.Probe }, [.. detector.RawValues]));
        }
    }

    private static string? DemandScores(
        DetectorModel detector, IReadOnlyDictionary<string, Tensor> tail, ScoreTable own)
    {
        var tolerance = IntegerForm.IsOpen(detector.Model) ? TailScores.WholeNumbers : TailScores.Floats;
        var names = TailScores.Find(detector.Model, detector.Head.ClassValues(detector));
        var (value, difference) = TailScores.Compare(own, tail, names, tolerance);
        return difference is null ? value : throw new ModelException($"{detector.Model.Path}: with the "
            + $"{detector.Head.Kind} head its scores would mean something else than in the file itself: of a noise picture "
            + $"{difference}. Say what the head is (Head, or --head, --head-file).");
    }

    private static string? DemandBoxes(DetectorModel detector, ImageInput input,
        IReadOnlyDictionary<string, Tensor> tail, Box[] own)
    {
        var overlap = IntegerForm.IsOpen(detector.Model) ? TailValues.WholeNumbers : TailValues.Floats;
        var rows = tail.Select(at => (at.Key, Forms: TailValues.Boxes(at.Value, own.Length, input))).ToList();
        foreach (var (value, forms) in rows)
            if (forms.Any(boxes => TailValues.Agree(boxes, own, overlap) >= LeastShare))
                return value;
        // What lies straight behind the raw boxes, scaled or turned, is no decoding yet; the last value is one.
        var computed = TailValues.Computed(detector.Model, detector.RawValues);
        var last = rows.LastOrDefault(at => computed.Contains(at.Key)
            && (detector.Head.ReadsJoinedOutput || tail[at.Key].Shape.Size == 4L * own.Length)
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

    private static (ScoreTable Scores, Box[] Boxes) Decode(
        DetectorModel detector, IReadOnlyDictionary<string, Tensor> values)
    {
        var graph = new Graph();
        var read = detector.RawValues.Select(name => graph.Constant(name + "/probe", values[name])).ToList();
        var (scores, boxes) = detector.Head.Predictions(detector, detector.Head.Tables(detector, read));
        int[] order = [.. detector.Head.FileOrder(detector)];
        var (places, columns) = (BoxConversion.ToBoxes(boxes.TryConstant()!.Values<float>(), BoxFormat.Xyxy),
            scores.TryConstant()!.Values<float>().ToArray().Chunk((int)scores.Shape[-1]).ToList());
        return (new([.. order.Select(place => columns[place])], detector.Head.PlacesPerLevel(detector),
            detector.Head.ScorePowers), [.. order.Select(place => places[place])]);
    }
}
