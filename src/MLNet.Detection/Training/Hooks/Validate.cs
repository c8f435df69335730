using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Metrics on a validation set after every epoch; on request the weights of the best epoch are kept.</summary>
internal sealed class Validate(Func<float[], Evaluation.CocoMetrics> evaluate, bool keepBest, int? patience) : ITrainingHook
{
    private double _best = double.NegativeInfinity;
    private int _epochsSince;

    /// <summary>The parameters of the best epoch so far; null unless they are kept.</summary>
    public float[]? BestParameters { get; private set; }

    public EpochSummary AfterEpoch(TrainingRun run, EpochSummary summary)
    {
        var parameters = run.Read(0);
        var metrics = evaluate(parameters);
        _epochsSince++;
        if (metrics.MAP50_95 > _best)
        {
            (_best, _epochsSince) = (metrics.MAP50_95, 0);
            BestParameters = keepBest ? parameters : null;
        }
        return summary with { Validation = metrics };
    }

    public bool EndsRun(EpochSummary summary) => _epochsSince >= patience;
}
