using System.Diagnostics.Metrics;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>
/// Instruments of a run for OpenTelemetry and <c>dotnet-counters</c>, all in the meter <see cref="Name"/>: they cost
/// nothing while nobody listens.
/// </summary>
internal sealed class Meters : ITrainingHook, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MLNet.Detection.Training";

    private readonly Meter _meter = new(Name);
    private readonly Gauge<double> _loss, _term, _rate, _speed, _metric;
    private readonly Counter<long> _steps, _images;
    private readonly Counter<double> _waited;
    private readonly int _batch;
    private (int Step, TimeSpan At) _last;

    /// <param name="batch">Images of a step.</param>
    /// <param name="step">Steps done when the run begins.</param>
    public Meters(int batch, int step)
    {
        (_batch, _last) = (batch, (step, TimeSpan.Zero));
        _loss = _meter.CreateGauge<double>("detection.training.loss", description: "Loss of the last reported step.");
        _term = _meter.CreateGauge<double>("detection.training.term", description: "A term of that loss, by name.");
        _rate = _meter.CreateGauge<double>("detection.training.learning_rate");
        _speed = _meter.CreateGauge<double>("detection.training.speed", "{image}/s", "Images a second since the last report.");
        _metric = _meter.CreateGauge<double>("detection.training.validation", description: "A metric in validation, by name.");
        _steps = _meter.CreateCounter<long>("detection.training.steps", "{step}");
        _images = _meter.CreateCounter<long>("detection.training.images", "{image}", "Places of the batches of all steps.");
        _waited = _meter.CreateCounter<double>("detection.training.wait", "s", "Time in which steps waited for their data.");
    }

    public void AfterStep(ITrainingRun run, TrainingProgress progress)
    {
        if (progress.Finished is { } epoch)
        {
            _waited.Add(epoch.Waited.TotalSeconds);
            foreach (var (name, value) in epoch.Metrics?.Shown ?? [])
                _metric.Record(value, new KeyValuePair<string, object?>("metric", name));
            // The time of validation is none of the steps'.
            _last = (progress.Step, progress.Elapsed);
            return;
        }
        var (steps, seconds) = (progress.Step - _last.Step, (progress.Elapsed - _last.At).TotalSeconds);
        _steps.Add(steps);
        _images.Add((long)steps * _batch);
        _loss.Record(progress.Loss);
        _rate.Record(progress.LearningRate);
        foreach (var (name, value) in progress.Terms)
            _term.Record(value, new KeyValuePair<string, object?>("term", name));
        if (seconds > 0)
            _speed.Record(steps * _batch / seconds);
        _last = (progress.Step, progress.Elapsed);
    }

    public void Dispose() => _meter.Dispose();
}
