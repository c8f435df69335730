using MLNet.Detection.Heads;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// The data of one training step, written where the step reads it: into a set of the run's inputs. A place without an
/// image has zero pixels, and targets that do not count.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="task">What its targets are.</param>
/// <param name="set">Which of the run's sets of inputs.</param>
internal sealed class Batch(ITrainingRun run, TrainingTask task, int set)
{
    private readonly string _images = task.Model.InputName;
    private readonly int _places = (int)run.Data.Single(data => data.Name == task.Model.InputName).Shape[0];

    /// <summary>Which of the run's sets of inputs it lies in.</summary>
    public int Set => set;

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
        for (var place = samples.Count; place < _places; place++)
        {
            PixelsOf(place).Clear();
            task.Clear(this, place);
        }
        task.Count(this);
    }

    /// <summary>
    /// Shows the pictures again in the places without one, where nothing is learnt of them, but where black pixels would
    /// count for the statistics of the batch.
    /// </summary>
    public void FillUp()
    {
        for (var place = Samples.Count; place < _places; place++)
            PixelsOf(place % Samples.Count).CopyTo(PixelsOf(place));
    }

    /// <summary>Whether the step has an input.</summary>
    public bool Has(string input) => run.Data.Any(data => data.Name == input);

    /// <summary>All of an input.</summary>
    public Span<T> Whole<T>(string input) where T : unmanaged => run.Input<T>(input, set);

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
