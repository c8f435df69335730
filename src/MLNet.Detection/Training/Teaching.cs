using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>What a teacher adds to the steps of a detector: terms of the loss, and the inputs that they read.</summary>
internal abstract class Teaching : IDisposable
{
    /// <summary>What stands before the names of its terms.</summary>
    protected const string Term = "teacher_";

    /// <summary>How a teacher teaches a student.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The detector that is trained.</param>
    /// <param name="head">Its head, with its loss.</param>
    /// <param name="device">Where a teacher runs that is not part of the step.</param>
    public static Teaching Of(DetectorTeacher teacher, DetectorModel student, DetectionHead head, Device? device) =>
        teacher.FormFor(student) == TeacherForm.Values ? new ValueTeaching(teacher, student, head)
            : new BoxTeaching(teacher, student, head, device);

    /// <summary>Names of maps within the student that are compared too.</summary>
    public virtual IReadOnlyList<string> Features => [];

    /// <summary>The terms for what the student's tables say, and its maps <see cref="Features"/>.</summary>
    public abstract IReadOnlyDictionary<string, Var> Terms(Graph graph, IReadOnlyList<Var> tables, IReadOnlyList<Var> features);

    /// <summary>Says that a place of a batch has no picture.</summary>
    public abstract void Clear(Batch batch, int place);

    /// <summary>Writes what is known of an image before the step.</summary>
    public abstract void Prepare(Batch batch, int image, RgbImage picture);

    /// <summary>Writes what depends on what the student itself predicts.</summary>
    public virtual void Match(Batch batch, int image, IReadOnlyList<ReadOnlyMemory<float>> predicted)
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
