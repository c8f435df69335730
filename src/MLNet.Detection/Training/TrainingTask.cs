using MLNet.Detection.Masks;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// What the training of a model depends on beside its network: how rows become samples, the inputs and the loss of the
/// step, and what is measured. The loop, its data and its hooks know models by this alone.
/// </summary>
internal abstract class TrainingTask
{
    /// <summary>The model to start from.</summary>
    public abstract PictureNetwork Model { get; }

    /// <summary>What the log and checkpoints call the loss.</summary>
    public abstract string LossName { get; }

    /// <summary>Name of the column of boxes, for messages.</summary>
    public virtual string BoxColumn => "";

    /// <summary>The rows of a view whose picture can be read; the others are listed. Of rows outside of the share there are
    /// the labels alone.</summary>
    public abstract IEnumerable<SampleRow> Rows(IDataView view, List<string> skipped, RankShare share);

    /// <summary>The rows of a view whose pictures are files with annotated sizes, which can be decoded at need; null of
    /// others.</summary>
    public virtual FileRows? Files(IDataView view) => null;

    /// <summary>Bytes of a decoded picture of such a row.</summary>
    public long PictureBytes => 3L * Model.Resize.Width * Model.Resize.Height;

    /// <summary>A row's picture and its map of labels in the size in which they are kept.</summary>
    /// <exception cref="UnreadableImageException">The picture cannot be decoded.</exception>
    public virtual (ResizedImage Image, LabelMap? Labels) Fit(SampleRow row, ImageDecoder decoder) =>
        (row.Image.Resized(decoder, Model.Resize), null);

    /// <summary>A picture, changed or not, in the network's size.</summary>
    public virtual LabeledPicture Frame(LabeledPicture picture, Random random) =>
        picture.Image.Width == Model.Resize.Width && picture.Image.Height == Model.Resize.Height ? picture
        : picture.Resize(new(Model.Resize.Width, Model.Resize.Height));

    /// <summary>Refuses samples that nothing can be learnt from.</summary>
    /// <param name="source">What the samples are, for the message.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="problems">What was left out of them.</param>
    /// <param name="toLearn">Whether they are learnt; else they are measured on.</param>
    public abstract void Check(string source, IReadOnlyList<Sample> samples, IReadOnlyList<DatasetProblem> problems,
        bool toLearn);

    /// <summary>What is odd about the data, to be logged.</summary>
    public virtual IEnumerable<string> Warnings(IDataView data, IDataView? validation) => [];

    /// <summary>Names of the values that the loss reads.</summary>
    public virtual IReadOnlyList<string> Values => Model.RawValues;

    /// <summary>The loss on <see cref="Values"/>, with inputs for its targets.</summary>
    public abstract IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values);

    /// <summary>Whether the loss depends on the data that was read.</summary>
    public abstract bool LossNeedsData { get; }

    /// <summary>Says that a place of a batch has no picture.</summary>
    public abstract void Clear(Batch batch, int place);

    /// <summary>Writes what belongs to a batch as a whole.</summary>
    public virtual void Count(Batch batch)
    {
    }

    /// <summary>Writes what can be said of an image's targets before the step begins.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="image">The place of the image.</param>
    /// <param name="picture">Its picture, in the network's size, as it was changed.</param>
    public abstract void Prepare(Batch batch, int image, RgbImage picture);

    /// <summary>Writes the targets that depend on what the step itself predicts. Each image by itself: threads change
    /// no
    /// result.</summary>
    public virtual void Match(ITrainingRun run, Batch batch)
    {
    }

    /// <summary>Runs the model over a batch of black pictures, as a measurement does.</summary>
    public abstract void Score(TrainingOptions options, OnnxGraphs.Runtime.Device device);

    /// <summary>Prepares the measurement of models on a set.</summary>
    public abstract ValidationRun Validation(IDataView data, TrainingOptions options, OnnxGraphs.Runtime.Device device,
        CacheBudget budget);

    /// <summary>The step of the task.</summary>
    public StepVariant Step(TrainingOptions options, int stepsPerEpoch = 1)
    {
        var network = Model.Network(options.Slices.Places);
        return new(network, Values, Loss, options.StepOptions(Model, network, stepsPerEpoch));
    }

    /// <summary>The model with other weights.</summary>
    public PictureNetwork Tuned(OnnxModel weights) => Model with { Model = weights };
}
