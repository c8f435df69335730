namespace MLNet.Detection.Training;

/// <summary>Means of the loss and its terms over the steps of an epoch.</summary>
internal sealed class RunningMeans
{
    private readonly SortedDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private double _loss;
    private int _steps;

    public void Add(TrainingProgress progress)
    {
        (_loss, _steps) = (_loss + progress.Loss, _steps + 1);
        foreach (var (name, value) in progress.Terms)
            _sums[name] = _sums.GetValueOrDefault(name) + value;
    }

    public EpochSummary Summary(int epoch, float learningRate, TimeSpan duration) => new(epoch, (float)(_loss / _steps),
        _sums.ToDictionary(pair => pair.Key, pair => (float)(pair.Value / _steps)), learningRate, duration, null);
}
