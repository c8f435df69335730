using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Says once when the loss of a run grows far above that of its first step: steps are too large.</summary>
/// <param name="warn">Takes the sentence.</param>
internal sealed class WarnOfGrowth(Action<string> warn) : ITrainingHook
{
    private const float Far = 20;

    private float? _first;
    private bool _told;

    public void AfterStep(ITrainingRun run, TrainingProgress progress)
    {
        _first ??= progress.Loss;
        if (_told || !(progress.Loss > Far * _first) || !float.IsFinite(progress.Loss))
            return;
        _told = true;
        warn(FormattableString.Invariant($"The loss grew from {_first:g4} to {progress.Loss:g4} by step {progress.Step}: ")
            + "the learning rate is too high for this network. Take a tenth of it (LearningRate, or --lr), or train the "
            + "heads alone (--train-heads-only).");
    }
}
