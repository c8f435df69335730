using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>After every epoch, a rank's share of the validation set, for rank 0's <see cref="Validate"/>.</summary>
/// <param name="measure">Measures the flat parameters.</param>
internal sealed class MeasureShare(Action<float[]> measure) : ITrainingHook
{
    public EpochSummary AfterEpoch(ITrainingRun run, EpochSummary summary)
    {
        measure(run.ReadWeights());
        return summary;
    }
}
