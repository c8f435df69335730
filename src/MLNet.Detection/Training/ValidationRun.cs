using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Networks;

namespace MLNet.Detection.Training;

/// <summary>A validation set, decoded once and measured after every epoch.</summary>
internal abstract class ValidationRun : IDisposable
{
    protected ValidationRun(IDataView data, TrainingTask task, TrainingOptions options)
    {
        Store = SampleStore.Read(data, task, options.Decoding, options.Cancellation);
        task.Check(nameof(options.ValidationSet), Store.Samples, Store.Problems, toLearn: false);
    }

    /// <summary>Images that could not be read.</summary>
    public IReadOnlyList<string> Skipped => Store.Skipped;

    /// <summary>Boxes that were corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => Store.Problems;

    /// <summary>Pictures of the last measurement with what was found in them.</summary>
    public IReadOnlyList<FoundPicture> Shown { get; protected set; } = [];

    protected SampleStore Store { get; }

    /// <summary>Metrics of a model on the set.</summary>
    public abstract IEpochMetrics Evaluate(PictureNetwork model);

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();
}
