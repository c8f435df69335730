using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// Scores and boxes of each place as the teacher gives them, which runs in the graph of the step on the same pictures. With
/// c the teacher's confidence in a place, the probability of its most probable object, and C the sum of c over the batch, at
/// least 1: classes learn by T^2 KL(teacher || student) / C over all places, boxes by c |difference| / C, so that places
/// where the teacher sees nothing say nothing of boxes (classes and boxes as in Chen et al. 2017, "Learning Efficient Object
/// Detection Models with Knowledge Distillation"). Maps of the head's last layers are followed too where they weigh something.
/// </summary>
internal sealed class ValueTeaching(DetectorTeacher teacher, DetectorModel student, DetectionHead head) : Teaching
{
    public override IReadOnlyList<string> Features => Hints(student);

    public override IReadOnlyDictionary<string, Var> Terms(Graph graph, IReadOnlyList<Var> tables, IReadOnlyList<Var> features)
    {
        var batch = tables[0].Shape[0];
        var (own, (taught, hints)) = (head.Taught(student, tables)!, Teach(graph, (int)batch));
        var shown = ShownPlaces.Declare(graph, batch);
        var confidence = taught.Confidence() * Op.Unsqueeze(shown, 1);
        var sum = Op.SumOverParts(Op.SumAll(confidence));
        var count = Op.Max(sum, sum.Like(1));
        var classes = Follow(own.Classes, taught.Classes, own.Softmax);
        if (own.Objectness is { } objectness)
            classes += Follow(objectness, taught.Objectness!, softmax: false);
        var boxes = new L1Loss { Normalizer = Normalizer.Given }.Of(own.Boxes, taught.Boxes,
            new() { Weight = confidence, Normalizer = count });
        var terms = new Dictionary<string, Var>
        {
            [Term + "classes"] = teacher.Weight * Op.Reshape(classes, 1),
            [Term + "boxes"] = teacher.Weight * Op.Reshape(boxes, 1),
        };
        if (features.Count > 0)
            terms[Term + "features"] = teacher.FeatureWeight * TeacherFeatures.Term(student, features, hints, shown);
        return terms;

        Var Follow(Var logits, Var target, bool softmax)
        {
            Loss loss = softmax ? new DistillationLoss(teacher.Temperature) { Normalizer = Normalizer.Given }
                : new BinaryDistillationLoss(teacher.Temperature) { Normalizer = Normalizer.Given };
            return loss.Of(logits, target, new() { Weight = shown, Normalizer = count });
        }
    }

    public override void Clear(Batch batch, int place) => ShownPlaces.Write(batch, place, shown: false);

    public override void Prepare(Batch batch, int image, RgbImage picture) => ShownPlaces.Write(batch, image, shown: true);

    private IReadOnlyList<string> Hints(DetectorModel detector) =>
        teacher.FeatureWeight == 0 ? [] : TeacherFeatures.Of(detector);

    private (PlaceValues Values, IReadOnlyList<Var> Hints) Teach(Graph graph, int batch)
    {
        var (detector, raw) = (teacher.Detector, teacher.Detector.RawValues);
        var images = TeacherPixels.Of(graph.Find(student.InputName)!, student.Normalization, detector.Normalization);
        var values = TeacherNetwork.Append(graph, detector.Network(batch), [.. raw, .. Hints(detector)], detector.InputName, images);
        return (detector.Head.Taught(detector, detector.Head.Tables(detector, [.. values.Take(raw.Count)]))!,
            [.. values.Skip(raw.Count)]);
    }
}
