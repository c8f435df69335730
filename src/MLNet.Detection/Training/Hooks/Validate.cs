using System.Globalization;
using MLNet.Detection.Evaluation;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Metrics on a validation set after every epoch; on request the weights of the best epoch are kept.</summary>
/// <param name="evaluate">From the flat parameters to metrics.</param>
/// <param name="keepBest">Whether the parameters of the best epoch are kept.</param>
/// <param name="patience">Epochs without a better decisive metric after which the run ends; null: never.</param>
/// <param name="shown">The pictures that were kept to be shown.</param>
internal sealed class Validate(Func<float[], IEpochMetrics> evaluate, bool keepBest, int? patience,
    Func<IReadOnlyList<FoundPicture>> shown) : ITrainingHook
{
    private const string BestKey = "validation_best", SinceKey = "validation_epochs_since",
        BestVector = "validation/best_parameters";

    private double _best = double.NegativeInfinity;
    private int _epochsSince;

    /// <summary>The parameters of the best epoch so far; null unless they are kept.</summary>
    public float[]? BestParameters { get; private set; }

    public EpochSummary AfterEpoch(ITrainingRun run, EpochSummary summary)
    {
        var parameters = run.ReadWeights();
        var metrics = evaluate(parameters);
        _epochsSince++;
        if (metrics.Decisive > _best)
        {
            (_best, _epochsSince) = (metrics.Decisive, 0);
            BestParameters = keepBest ? parameters : null;
        }
        return summary with { Metrics = metrics, Pictures = shown() };
    }

    public bool EndsRun(EpochSummary summary) => _epochsSince >= patience;

    /// <summary>What a checkpoint says of the best epoch so far.</summary>
    public Dictionary<string, string> Notes() => new()
    {
        [BestKey] = _best.ToString("R", CultureInfo.InvariantCulture),
        [SinceKey] = _epochsSince.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Its parameters for the checkpoint, where they are kept.</summary>
    public Dictionary<string, float[]> Vectors() =>
        BestParameters is { } best ? new() { [BestVector] = best } : [];

    /// <summary>Goes on with the best epoch of a checkpoint; one of a run without validation has none.</summary>
    public void Recall(Checkpoint checkpoint)
    {
        if (!double.TryParse(checkpoint.Notes.GetValueOrDefault(BestKey), CultureInfo.InvariantCulture, out var best)
            || !int.TryParse(checkpoint.Notes.GetValueOrDefault(SinceKey), CultureInfo.InvariantCulture, out var since))
            return;
        (_best, _epochsSince) = (best, since);
        BestParameters = keepBest ? checkpoint.Vectors.GetValueOrDefault(BestVector) : null;
    }
}
