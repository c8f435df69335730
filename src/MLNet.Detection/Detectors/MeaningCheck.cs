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
        var tail = TailRun.Of(ActivationRounding.Without(detector.Model), detector.RawValues, new Dictionary<string, Tensor> { [input.Name] = input.Probe });
        var (scores, boxes) = Decode(detector, tail.Values);
        var agreed = DemandBoxes(detector, input, tail, boxes);
        return (agreed?.Values[^1], DemandScores(detector, input, tail, scores, agreed?.Order));
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

    // In the order of the boxes, where they have shown it.
    private static string? DemandScores(
        DetectorModel detector, ImageInput input, TailRun tail, ScoreTable own, int[]? order)
    {
        var tolerance = IsRounded(detector.Model) ? TailScores.WholeNumbers : TailScores.Floats;
        var names = TailScores.Find(detector.Model, detector.Head.ClassValues(detector));
        // Background is the first column, the last one of set predictions.
        var classes = own.Part(detector.Head is DetrHead ? 0 : own.Columns - detector.Classes.Count, detector.Classes.Count);
        var found = (order is null ? PlaceOrders.All(detector.Head.Layout(detector)) : [order]).Select(order =>
            TailScores.Compare(own.In(order), classes.In(order), tail.Values, names, tolerance)).ToList();
        var difference = found.All(at => at.Difference is not null) ? found[0].Difference : IsRounded(detector.Model) ? null
            : ChosenScores.Difference(detector.Model, new Dictionary<string, Tensor> { [input.Name] = input.Probe }, own, names);
        return difference is null ? found.Select(at => at.Value).FirstOrDefault(value => value is not null)
            : throw new ModelException($"{detector.Model.Path}: with the "
            + $"{detector.Head.Kind} head its scores would mean something else than in the file itself: of a noise picture "
            + $"{difference}. Say what the head is (Head, or --head, --head-file), or export the model with the scores of all classes in "
            + "their order, as activation and objectness make them.");
    }

    // Constants of the tail may be whole numbers, too.
    private static bool IsRounded(OnnxModel model) =>
        IntegerForm.IsOpen(model) || model.Proto.Graph.Node.Any(node => node.OpType == "DequantizeLinear");

    private static TailTable? DemandBoxes(DetectorModel detector, ImageInput input, TailRun tail, Box[] own)
    {
        var overlap = IsRounded(detector.Model) ? TailValues.WholeNumbers : TailValues.Floats;
        // Points that are stored in 8 bits lie up to 1 / 256 of the picture beside their own.
        var slack = overlap == TailValues.Floats ? 0.025f : Math.Max(input.Width, input.Height) / 256f;
        var tables = TailTable.All(tail, detector.Head.Layout(detector)).Where(table => table.Columns >= 4).ToList();
        foreach (var table in tables)
            if (Forms(table).Any(boxes => TailValues.AreSame(boxes, own, overlap, slack)))
            {
                var (shown, difference) = new ShownBoxes(own, input, overlap, slack).Compare(
                    detector.Model, tail, table, detector.Head.Layout(detector));
                return difference is null ? shown ?? table : throw new ModelException($"{detector.Model.Path}: the boxes "
                    + $"decoded here would mean something else than in the file itself: of a noise picture {difference}");
            }
        // What lies straight behind the raw boxes, scaled or turned, is no decoding yet; the last value is one.
        var computed = TailValues.Computed(detector.Model, detector.RawValues);
        var last = tables.LastOrDefault(table => table.Values.All(computed.Contains)
            && (detector.Head.ReadsJoinedOutput || table.Columns == 4)
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

    private static (ScoreTable Scores, Box[] Boxes) Decode(
        DetectorModel detector, IReadOnlyDictionary<string, Tensor> values)
    {
        var graph = new Graph();
        var read = detector.RawValues.Select(name => graph.Constant(name + "/probe", values[name])).ToList();
        var (scores, boxes) = detector.Head.OfAllPlaces.Predictions(detector, detector.Head.Tables(detector, read));
        return (new(scores.TryConstant()!.Values<float>().ToArray().Chunk((int)scores.Shape[-1]).ToList(),
            detector.Head.PlacesPerLevel(detector), detector.Head.ScorePowers),
            BoxConversion.ToBoxes(boxes.TryConstant()!.Values<float>(), BoxFormat.Xyxy));
    }
}
