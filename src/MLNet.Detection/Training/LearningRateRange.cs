using Microsoft.ML;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Training;

/// <summary>
/// What a run came to in which the learning rate rises from step to step, to see which rates it learns by. Smith 2017,
/// section 3.3, https://arxiv.org/abs/1506.01186
/// </summary>
/// <param name="Steps">Rate and loss of each step, until the loss grew to four times its least or was no number.</param>
public sealed record LearningRateRange(IReadOnlyList<(float Rate, float Loss)> Steps)
{
    private const double Kept = 0.9, Grown = 4;

    /// <summary>The losses, each averaged with those before it: a = 0.9 a + 0.1 loss, over 1 - 0.9^t.</summary>
    public IReadOnlyList<double> Smoothed { get; } = Average(Steps);

    /// <summary>
    /// The rate at which the smoothed loss falls fastest for a growth of the rate; null where it falls nowhere, or after
    /// fewer than ten steps.
    /// </summary>
    public float? Suggested
    {
        get
        {
            var least = Smoothed.Count < 10 ? 0 : Smoothed.Index().MinBy(pair => pair.Item).Index;
            var falls = Enumerable.Range(1, Math.Max(0, least - 1)).Select(i => (Rate: Steps[i].Rate,
                Slope: (Smoothed[i + 1] - Smoothed[i - 1]) / Math.Log(Steps[i + 1].Rate / (double)Steps[i - 1].Rate))).ToList();
            return falls.Count == 0 || falls.Min(fall => fall.Slope) >= 0 ? null : falls.MinBy(fall => fall.Slope).Rate;
        }
    }

    /// <summary>Trains with a rising rate; what is learnt is thrown away.</summary>
    /// <param name="context">As the trainer takes it.</param>
    /// <param name="options">How the run to come is trained; its epochs are those of the test, and it needs no validation.</param>
    /// <param name="data">The training data.</param>
    /// <param name="from">The first rate.</param>
    /// <param name="to">The last rate.</param>
    /// <exception cref="ArgumentException">The rates are not above 0, the second above the first; or an option does not
    /// fit.</exception>
    public static LearningRateRange Measure(
        MLContext context, FineTuneTrainer.Options options, IDataView data, float from = 1e-6f, float to = 1f)
    {
        if (!(from > 0 && from < to && float.IsFinite(to)))
            throw new ArgumentException(FormattableString.Invariant(
                $"The test goes from a learning rate of {from} to {to}; expected numbers above 0, the second above the first."));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation);
        var watch = new Watch(stop.Cancel, options.Progress);
        try
        {
            new FineTuneTrainer(context, options with
            {
                LearningRate = to, WarmUpEpochs = 0, Decay = new RisingRate(from / (double)to), ReportEvery = 1,
                ValidationSet = null, KeepBest = false, EarlyStoppingPatience = null, WorkspacePath = null, ResumeFrom = null,
                Progress = watch, Cancellation = stop.Token,
            }).Train(data);
        }
        catch (TrainingDivergedException)
        {
            // The test is meant to go that far.
        }
        catch (OperationCanceledException) when (!options.Cancellation.IsCancellationRequested)
        {
        }
        return new(watch.Steps);
    }

    private static double[] Average(IReadOnlyList<(float Rate, float Loss)> steps)
    {
        var sum = 0.0;
        return [.. steps.Select((step, i) => (sum = Kept * sum + (1 - Kept) * step.Loss) / (1 - Math.Pow(Kept, i + 1)))];
    }

    private sealed class Watch(Action stop, IProgress<TrainingProgress>? other) : IProgress<TrainingProgress>
    {
        private float _least = float.PositiveInfinity;

        public List<(float Rate, float Loss)> Steps { get; } = [];

        public void Report(TrainingProgress value)
        {
            other?.Report(value);
            if (value.Finished is not null || !float.IsFinite(value.Loss))
                return;
            Steps.Add((value.LearningRate, value.Loss));
            _least = Math.Min(_least, value.Loss);
            if (value.Loss > Grown * _least)
                stop();
        }
    }
}
