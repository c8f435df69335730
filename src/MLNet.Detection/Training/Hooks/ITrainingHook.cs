using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>One feature of the training loop: looks on at fixed moments, and may stop the run.</summary>
internal interface ITrainingHook
{
    /// <summary>After each reported step, and once more after an epoch, with its summary in the progress.</summary>
    void AfterStep(ITrainingRun run, TrainingProgress progress) { }

    /// <summary>After each epoch; returns the summary, with what the hook found out added.</summary>
    EpochSummary AfterEpoch(ITrainingRun run, EpochSummary summary) => summary;

    /// <summary>After an epoch whose summary is complete; true ends the run.</summary>
    bool EndsRun(EpochSummary summary) => false;

    /// <summary>When the run is cancelled between two steps.</summary>
    void Cancelled(ITrainingRun run) { }
}
