using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Networks;
using OnnxGraphs.Distributed;

namespace MLNet.Detection.Training;

/// <summary>A validation set, or a rank's share of it, measured after every epoch.</summary>
internal abstract class ValidationRun : IDisposable
{
    // Pictures that are shown are rank 0's.
    protected ValidationRun(IDataView data, TrainingTask task, TrainingOptions options, CacheBudget budget) =>
        Store = SampleStore.Read(data, task, options.Decoding, budget,
            new(options.Backend.Ranks.Rank, options.Backend.Ranks.Count, options.ShownPictures), options.Cancellation);

    /// <summary>Images that could not be read.</summary>
    public virtual IReadOnlyList<string> Skipped => Store.Skipped;

    /// <summary>Boxes that were corrected or left out.</summary>
    public virtual IReadOnlyList<DatasetProblem> Problems => Store.Problems;

    /// <summary>Pictures of the last measurement with what was found in them.</summary>
    public IReadOnlyList<FoundPicture> Shown { get; protected set; } = [];

    protected SampleStore Store { get; }

    /// <summary>Makes sure, together with the other ranks that measure, that there is something to measure on.</summary>
    /// <exception cref="DatasetException">There is not.</exception>
    /// <exception cref="InvalidOperationException">A rank has another set.</exception>
    public abstract void Begin(IRanks ranks);

    /// <summary>Metrics of a model on the set; null on ranks that measured a share for rank 0.</summary>
    public abstract IEpochMetrics? Evaluate(PictureNetwork model);

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();
}
