using System.Collections.Concurrent;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>
/// The boxes that a teacher of any architecture finds in each picture, after its own resizing, decoding and suppression, as
/// labels of a second set of targets: the student's own matcher and loss say which places learn them.
/// </summary>
internal sealed class BoxTeaching : Teaching
{
    private readonly DetectorTeacher _teacher;
    private readonly Detector _detector;
    private readonly TargetInputs _targets;
    private readonly DetectionHead _head;
    private readonly int[] _classOf;
    private readonly ConcurrentDictionary<(int Set, int Image), Sample> _found = [];

    public BoxTeaching(DetectorTeacher teacher, DetectorModel student, DetectionHead head, Device? device)
    {
        (_teacher, _head, _targets) = (teacher, head, new("teacher/", student, head));
        _detector = new(teacher.Detector, 1, device);
        var names = student.Classes.ToList();
        _classOf = [.. teacher.Detector.Classes.Select(name => names.IndexOf(name))];
    }

    public override IReadOnlyDictionary<string, Var> Terms(Graph graph, IReadOnlyList<Var> tables, IReadOnlyList<Var> _) =>
        _targets.Terms(graph, tables).ToDictionary(term => Term + term.Key,
            term => _teacher.Weight * Op.Reshape(term.Value, 1));

    public override void Clear(Batch batch, int place) => _targets.Clear(batch, place);

    public override void Prepare(Batch batch, int image, RgbImage picture)
    {
        var found = _found[(batch.Set, image)] = Find(batch.Samples[image], picture);
        if (image == batch.Samples.Count - 1)
            _targets.Count(batch, Enumerable.Range(0, batch.Samples.Count).Sum(i => _found[(batch.Set, i)].Truths.Length));
        if (!_head.MatchesPredictions)
            _targets.Write(batch, image, found, []);
    }

    public override void Match(Batch batch, int image, IReadOnlyList<ReadOnlyMemory<float>> predicted) =>
        _targets.Write(batch, image, _found[(batch.Set, image)], predicted);

    public override void Dispose() => _detector.Dispose();

    // One call at a time; batches are prepared by several threads.
    private Sample Find(Sample sample, RgbImage picture)
    {
        DetectedObject[] found;
        lock (_detector)
            found = _detector.Detect([picture])[0];
        var kept = found.Where(one => one.Score >= _teacher.Threshold && _classOf[one.Class] >= 0)
            .Select(one => one with { Box = one.Box.Clip(picture.Width, picture.Height) })
            .Where(one => one.Box.IsProper).ToList();
        return sample with
        {
            Truths = [.. kept.Select(one => one.Box)], Classes = [.. kept.Select(one => _classOf[one.Class])],
        };
    }
}
