using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// A segmentation network that another one learns from beside the masks, pixel by pixel: T^2 KL(teacher || student), the
/// mean over pixels (Hinton et al. 2015, https://arxiv.org/abs/1503.02531). Both give maps of one size and the same
/// channels; the teacher runs inside the step, and its own weights stay.
/// </summary>
/// <param name="Segmenter">The teacher: as a rule a larger network, or the one in floats of one in whole numbers.</param>
public sealed record SegmenterTeacher(SegmenterModel Segmenter)
{
    private const string Option = "Options." + nameof(SegmentationTrainer.Options.Teacher);

    /// <summary>What its term of the loss is multiplied by.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>What scores are divided by before they are compared.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>In words, for logs and to compare on resume.</summary>
    internal string ToWords() => FormattableString.Invariant(
        $"teacher {Path.GetFileName(Segmenter.Model.Path)}, weight {Weight}, temperature {Temperature}");

    /// <summary>The term for a student's map [B, C, h, w] of the picture at its input.</summary>
    /// <param name="student">The network that is trained.</param>
    /// <param name="map">Its map.</param>
    /// <exception cref="ArgumentException">The teacher's map has another size.</exception>
    internal Var Term(SegmenterModel student, Var map)
    {
        var graph = map.Graph;
        var images = TeacherPixels.Of(graph.Find(student.InputName)!, student.Normalization, Segmenter.Normalization);
        var target = Segmenter.Map(TeacherNetwork.Append(graph, Segmenter.Network((int)map.Shape[0]), Segmenter.RawValues,
            Segmenter.InputName, images)[0]);
        if (target.Shape != map.Shape)
            throw new ArgumentException($"{Option}: {Segmenter.Model.Path} has maps {target.Shape}, the network {map.Shape}; expected a teacher with maps of the same size.");
        var shown = ShownPlaces.Declare(graph, map.Shape[0]);
        var inputs = new LossInputs { Ignore = Op.Equal(shown, shown.Like(0)) };
        // The classes of a softmax are the last axis of its loss.
        var value = student.Activation == MapActivation.Softmax
            ? new DistillationLoss(Temperature).Of(Op.Transpose(map, 0, 2, 3, 1), Op.Transpose(target, 0, 2, 3, 1), inputs)
            : new BinaryDistillationLoss(Temperature).Of(map, target, inputs);
        return Weight * Op.Reshape(value, 1);
    }

    /// <exception cref="ArgumentException">It cannot teach the student.</exception>
    internal void Check(SegmenterModel student)
    {
        var (own, other) = (Segmenter.Resize, student.Resize);
        string? wrong = !(Weight > 0 && float.IsFinite(Weight))
                ? FormattableString.Invariant($"{nameof(Weight)} is {Weight}; expected a number above 0")
            : !(Temperature > 0 && float.IsFinite(Temperature))
                ? FormattableString.Invariant($"{nameof(Temperature)} is {Temperature}; expected a number above 0")
            : own.Width != other.Width || own.Height != other.Height
                ? $"{Segmenter.Model.Path} takes pictures of {own.Width} x {own.Height}, the network "
                    + $"{other.Width} x {other.Height}"
            : !Segmenter.Classes.SequenceEqual(student.Classes)
                ? $"{Segmenter.Model.Path} has the classes {string.Join(", ", Segmenter.Classes)}, the network "
                    + $"{string.Join(", ", student.Classes)}; expected the same in the same order"
            : Segmenter.Activation != student.Activation || Segmenter.BackgroundChannel != student.BackgroundChannel
                ? $"{Segmenter.Model.Path} has {Segmenter.Channels} channels of a {Segmenter.Activation}, the network "
                    + $"{student.Channels} of a {student.Activation}; expected the same"
            : Segmenter.Normalization.Channels != student.Normalization.Channels
                ? $"{Segmenter.Model.Path} takes {Segmenter.Normalization.Channels} planes, the network "
                    + $"{student.Normalization.Channels}"
            : null;
        if (wrong is not null)
            throw new ArgumentException($"{Option}: {wrong}.");
    }
}
