namespace MLNet.Detection.Training;

/// <summary>Means of the loss and its terms over the reported steps of an epoch, and how long all waited.</summary>
internal sealed class RunningMeans
{
    private readonly SortedDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private double _loss;
    private TimeSpan _waited;
    private int _steps;

    /// <summary>Adds a step; one that overflowed in float16 and was skipped says nothing.</summary>
    public void Add(TrainingProgress progress)
    {
        if (!float.IsFinite(progress.Loss))
            return;
        (_loss, _steps) = (_loss + progress.Loss, _steps + 1);
        foreach (var (name, value) in progress.Terms)
            _sums[name] = _sums.GetValueOrDefault(name) + value;
    }

    public void Waited(TimeSpan time) => _waited += time;

    public EpochSummary Summary(TrainingProgress last, TimeSpan duration) => new(last.Epoch, (float)(_loss / _steps),
        _sums.ToDictionary(pair => pair.Key, pair => (float)(pair.Value / _steps)), last.LearningRate, duration, null)
    {
        Waited = _waited,
    };
}
