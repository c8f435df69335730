using MLNet.Detection.Heads;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// The data of one training step, written where the step reads it: into a set of the run's inputs. A place without an
/// image has zero pixels, and targets that do not count.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="sizes">The tasks that its targets are of.</param>
/// <param name="place">Which of the batches that are made at once; each has a set of the run's inputs for every
/// size.</param>
internal sealed class Batch(ITrainingRun run, PictureSizes sizes, int place)
{
    private readonly string _images = sizes.Tasks[0].Model.InputName;
    private readonly int _places = (int)run.Data.Single(data => data.Name == sizes.Tasks[0].Model.InputName).Shape[0];

    /// <summary>Which of the run's sets of inputs it lies in.</summary>
    public int Set => place * sizes.Tasks.Count + Plan.Size;

    /// <summary>What its targets are.</summary>
    public TrainingTask Task => sizes.Tasks[Plan.Size];

    /// <summary>The step that it is for.</summary>
    public BatchPlan Plan { get; private set; } = new(0, 0, [], false, false);

    /// <summary>The images, as they were changed.</summary>
    public IReadOnlyList<Sample> Samples { get; private set; } = [];

    /// <summary>How long the step waited for it.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>The pixels of an image.</summary>
    public Span<float> PixelsOf(int image) => Part<float>(_images, image);

    /// <summary>Takes other images and empties the places behind them.</summary>
    public void Reset(BatchPlan plan, IReadOnlyList<Sample> samples)
    {
        (Plan, Samples) = (plan, samples);
        for (var empty = samples.Count; empty < _places; empty++)
        {
            PixelsOf(empty).Clear();
            Task.Clear(this, empty);
        }
        Task.Count(this);
    }

    /// <summary>
    /// Shows the pictures again in the places without one, where nothing is learnt of them, but where black pixels would
    /// count for the statistics of the batch.
    /// </summary>
    public void FillUp()
    {
        for (var empty = Samples.Count; empty < _places; empty++)
            PixelsOf(empty % Samples.Count).CopyTo(PixelsOf(empty));
    }

    /// <summary>Whether the step has an input.</summary>
    public bool Has(string input) => run.Data.Any(data => data.Name == input);

    /// <summary>All of an input.</summary>
    public Span<T> Whole<T>(string input) where T : unmanaged => run.Input<T>(input, Set);

    /// <summary>The part of an input that belongs to an image.</summary>
    public Span<T> Part<T>(string input, int image) where T : unmanaged
    {
        var all = Whole<T>(input);
        return all.Slice(image * (all.Length / _places), all.Length / _places);
    }

    /// <summary>The rows of an image in a table of predictions for all places.</summary>
    public ReadOnlyMemory<float> Rows(float[] table, int image) =>
        table.AsMemory(image * (table.Length / _places), table.Length / _places);
}
