using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;

namespace MLNet.Detection.Training;

/// <summary>
/// A detector that another one learns from beside the labels; its own weights stay. Where both have equal places (the
/// same kind of head, anchors and classes) the student follows its class scores and boxes place by place; else the boxes
/// that it finds are labels of a second loss.
/// </summary>
/// <param name="Detector">The teacher: as a rule a larger network, or the one in floats of one in whole numbers.</param>
public sealed record DetectorTeacher(DetectorModel Detector)
{
    /// <summary>What its terms of the loss are multiplied by.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>What class scores are divided by before they are compared (Hinton et al. 2015,
    /// https://arxiv.org/abs/1503.02531); higher ones show more of what the teacher holds possible. Of
    /// <see cref="TeacherForm.Values"/>.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>The least score of a box that is taken for a label (pseudo-labels as in STAC, Sohn et al. 2020,
    /// https://arxiv.org/abs/2005.04757). Of <see cref="TeacherForm.Boxes"/>.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>What the difference of the maps that both heads' last layers read is multiplied by: sum (s - t)² / sum t², the
    /// mean over the maps (Romero et al. 2015, https://arxiv.org/abs/1412.6550); 0: they are not compared. Of
    /// <see cref="TeacherForm.Values"/>, and of equal maps.</summary>
    public float FeatureWeight { get; init; }

    /// <summary>What is followed. Null: values where the places are equal, else boxes.</summary>
    public TeacherForm? Form { get; init; }

    /// <summary>What a student will follow.</summary>
    internal TeacherForm FormFor(DetectorModel student) =>
        Form ?? (Difference(student) is null ? TeacherForm.Values : TeacherForm.Boxes);

    /// <summary>In words, for logs and to compare on resume.</summary>
    internal string ToWords(DetectorModel student) => $"teacher {Path.GetFileName(Detector.Model.Path)} by {FormFor(student)}"
        + FormattableString.Invariant($", weight {Weight}, temperature {Temperature}, threshold {Threshold}")
        + (FeatureWeight == 0 ? "" : FormattableString.Invariant($", features {FeatureWeight}"));

    /// <exception cref="ArgumentException">It cannot teach the student.</exception>
    internal void Check(DetectorModel student)
    {
        const string Option = nameof(FineTuneTrainer.Options.Teacher);
        string? wrong = !(Weight > 0 && float.IsFinite(Weight))
                ? FormattableString.Invariant($"{nameof(Weight)} is {Weight}; expected a number above 0")
            : !(Temperature > 0 && float.IsFinite(Temperature))
                ? FormattableString.Invariant($"{nameof(Temperature)} is {Temperature}; expected a number above 0")
            : Threshold is not (>= 0 and < 1)
                ? FormattableString.Invariant($"{nameof(Threshold)} is {Threshold}; expected 0 or more, less than 1")
            : !(FeatureWeight >= 0 && float.IsFinite(FeatureWeight))
                ? FormattableString.Invariant($"{nameof(FeatureWeight)} is {FeatureWeight}; expected 0 or more")
            : student.Classes.FirstOrDefault(name => !Detector.Classes.Contains(name)) is { } unknown
                ? $"{Detector.Model.Path} does not know the class '{unknown}'; its classes are "
                    + $"{string.Join(", ", Detector.Classes)}; expected all {student.Classes.Count} of the detector among them"
            : student.Head is TwoStageHead
                ? $"the detector is a two-stage one, which chooses regions of its own; a teacher is for the others"
            : Form == TeacherForm.Values && Difference(student) is { } difference
                ? $"{Detector.Model.Path} has {difference}; its values cannot be followed, set {nameof(Form)} to "
                    + $"{nameof(TeacherForm.Boxes)}, or to null"
            : FeatureWeight > 0 ? FeatureDifference(student) : null;
        if (wrong is not null)
            throw new ArgumentException($"Options.{Option}: {wrong}.");
    }

    private string? FeatureDifference(DetectorModel student)
    {
        if (FormFor(student) != TeacherForm.Values)
            return $"{nameof(FeatureWeight)} is {FeatureWeight}, but boxes are learnt from {Detector.Model.Path}"
                + $"{(Difference(student) is { } difference ? $", which has {difference}" : "")}; expected 0";
        var (own, other) = (TeacherFeatures.Of(Detector).Count, TeacherFeatures.Of(student).Count);
        return own == other && own > 0 ? null
            : $"the head of {Detector.Model.Path} reads {own} maps, the detector's {other}; expected as many, or {nameof(FeatureWeight)} 0";
    }

    // What keeps values from being compared place by place.
    private string? Difference(DetectorModel student)
    {
        var (own, other) = (Detector.Resize, student.Resize);
        return Detector.Head.Kind != student.Head.Kind || student.Head is TwoStageHead
                ? $"a head of the kind {Detector.Head.Kind}, the detector one of {student.Head.Kind}"
            : own.Width != other.Width || own.Height != other.Height
                ? $"pictures of {own.Width} x {own.Height}, the detector {other.Width} x {other.Height}"
            : !Detector.Classes.SequenceEqual(student.Classes)
                ? $"the classes {string.Join(", ", Detector.Classes)}, the detector {string.Join(", ", student.Classes)}"
            : Detector.ClassColumns != student.ClassColumns || Detector.Decoder.Activation != student.Decoder.Activation
                ? $"{Detector.ClassColumns} columns of scores by {Detector.Decoder.Activation}, the detector "
                    + $"{student.ClassColumns} by {student.Decoder.Activation}"
            : !SaysAlike(Detector, student)
                ? "scores or boxes in other numbers than the detector: an objectness, a softmax, or another code of boxes"
            : !Detector.Anchors.SequenceEqual(student.Anchors)
                ? $"{Detector.Anchors.Count} places, the detector {student.Anchors.Count}, or other ones"
            : (Detector.Normalization.Order == ChannelOrder.Grey) != (student.Normalization.Order == ChannelOrder.Grey)
                ? "other planes: one takes colours, the other grey" : null;
    }

    // Whether heads of one kind give their places the same numbers.
    private static bool SaysAlike(DetectorModel one, DetectorModel other) => (one.Head, other.Head) switch
    {
        (DetrHead a, DetrHead b) => a.Sigmoid == b.Sigmoid,
        (DenseHead a, DenseHead b) => a.Score == b.Score && a.HasObjectness == b.HasObjectness
            && (a.Anchored is null ? b.Anchored is null : b.Anchored is not null && one.Decoder.Coder == other.Decoder.Coder),
        (AnchorHead, AnchorHead) => one.Decoder.Coder == other.Decoder.Coder,
        _ => true,
    };
}
