using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Networks;
using MLNet.Detection.Training.Hooks;
using OnnxGraphs.Distributed;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>One training run: builds the step, the data and the hooks, and goes through the loop.</summary>
internal sealed class FineTuning(TrainingTask task, TrainingOptions options, Device device, IChannel channel)
{
    internal const string CheckpointName = "checkpoint.safetensors", LogName = "log.csv", EpochsName = "epochs.csv";

    private const int ListedProblems = 20;

    /// <summary>What is said of a file that takes one picture at a time.</summary>
    public static string SingleBatch(PictureNetwork model, int wanted) => $"{model.Path}: a batch of one picture is built into "
        + $"the file and cannot be freed; it is trained with a batch of 1, not {wanted}. Accumulate adds up the gradients of several.";

    private readonly IRanks _ranks = options.Backend.Ranks;

    public TunedNetwork Run(IDataView data)
    {
        // Before the long reading of images: a folder that cannot be made.
        _ = Workspace(LogName);
        var start = new RankStart(_ranks);
        // Rank 0 measures for all.
        using var read = start.Read(() =>
            RunData.Read(data, _ranks.IsFirst() ? options.ValidationSet : null, task, options, device));
        var (store, validation) = (read.Store, read.Validation);
        Tell(read.Skipped, [.. store.Problems, .. validation?.Problems ?? []], data);
        CheckImages(store);
        start.CheckData(store);
        var notes = Notes(store.Samples.Count);
        var resume = options.ResumeFrom is { } from && _ranks.IsFirst() ? ResumePoint.Load(from, notes) : null;
        var batches = Batches(store);
        using var run = Start(batches.StepsPerEpoch);
        if (resume is not null)
            run.Restore(resume);
        start.Align(run);
        var validate = validation is null ? null : new Validate(
            parameters => validation.Evaluate(Tuned(run.Layout, parameters)),
            options.KeepBest, options.EarlyStoppingPatience, () => validation.Shown);
        if (resume is not null)
            validate?.Recall(resume);
        using var log = Workspace(LogName) is { } path ? new WriteLog(path, run.Steps) : null;
        using var meters = new Meters(options.Slices.Images, run.Steps);
        var epochs = Workspace(EpochsName) is { } place ? new WriteEpochs(place, run.Steps / batches.StepsPerEpoch) : null;
        var loop = new TrainingLoop(run, task, batches, Schedule(batches.StepsPerEpoch),
            options.Epochs, options.ReportEvery ?? (device.IsProcessor ? 1 : 10),
            _ranks.IsFirst() ? Hooks(validate, log, epochs, meters, notes) : [new StopAtNaN(() => null)], _ranks);
        var history = loop.Run(options.Cancellation);
        var weights = validate?.BestParameters ?? run.ReadWeights();
        _ranks.Broadcast<float>(weights);
        return new(Tuned(run.Layout, weights), history, read.Skipped) { Device = device, Placement = run.Placement };
    }

    // A picture of two sets is said once.
    private void Tell(IReadOnlyList<string> skipped, IReadOnlyList<DatasetProblem> problems, IDataView data)
    {
        foreach (var problem in task.Model.Warnings.Concat(skipped.Distinct()))
            channel.Warning(MessageSensitivity.UserData, "{0}", problem);
        foreach (var problem in problems.Take(ListedProblems))
            channel.Warning(MessageSensitivity.UserData, "{0}", problem);
        if (problems.Count > ListedProblems)
            channel.Warning(MessageSensitivity.None, "{0}",
                $"{problems.Count - ListedProblems} more boxes were corrected or left out.");
        foreach (var warning in task.Warnings(data, options.ValidationSet))
            channel.Warning(MessageSensitivity.UserData, "{0}", warning);
    }

    private void CheckImages(SampleStore store)
    {
        if (store.Samples.Count == 0)
            throw new InvalidOperationException(
                $"No image can be trained on: the data has none that can be read ({store.Skipped.Count} skipped"
                + $"{string.Concat(store.Skipped.Take(3).Select(problem => $"; {problem}"))}).");
        task.Check("The training data", store.Samples, store.Problems, toLearn: true);
    }

    private BatchSource Batches(SampleStore store) => new(
        store, (options.Sampler ?? new ShuffledSampler(options.Seed)).For([.. store.Samples.Select(sample => sample.Classes)]),
        new(store, task, options.Augmentations, options.Mix, options.Epochs - options.CloseMixEpochs, options.Seed), task, options.Slices,
        fillUp: options.BatchStatistics, options.Workers ?? (device.IsProcessor ? 1 : Math.Clamp(Environment.ProcessorCount / 2, 1, 4)));

    private LearningRateSchedule Schedule(int stepsPerEpoch) => new(
        options.LearningRate, (int)MathF.Round(options.WarmUpEpochs * stepsPerEpoch), options.Epochs * stepsPerEpoch,
        options.Decay);

    private ITrainingRun Start(int stepsPerEpoch)
    {
        if (options.Precision == StepPrecision.Float16 && device.IsProcessor)
            channel.Warning(MessageSensitivity.None, "{0}", "Float16 is for GPUs: the processor computes it by way of "
                + "float32, and is faster with Precision Float32.");
        var network = task.Model.Network(options.Slices.Places);
        return options.Backend.Start(network, task.Model.RawValues, task.Loss, options.Optimizer,
            options.StepOptions(task.Model, network, stepsPerEpoch), device);
    }

    private List<ITrainingHook> Hooks(
        Validate? validate, WriteLog? log, WriteEpochs? epochs, Meters meters, Dictionary<string, string> notes)
    {
        var checkpoint = Workspace(CheckpointName) is { } path
            ? new WriteCheckpoint(path, notes, state => validate?.Remember(state) ?? state) : null;
        List<ITrainingHook?> hooks =
        [
            new StopAtNaN(() => checkpoint?.Written ?? options.ResumeFrom),
            new WarnOfGrowth(text => channel.Warning(MessageSensitivity.None, "{0}", text)), log, validate, epochs, checkpoint,
            meters,
            new ReportPlacement(channel), new Report(options.Progress, options.MetricsCallback, channel),
        ];
        return [.. hooks.OfType<ITrainingHook>()];
    }

    // What must be equal for a resumed run to equal an uninterrupted one.
    private Dictionary<string, string> Notes(int images) => new Dictionary<string, FormattableString>
    {
        ["images"] = $"{images}", ["epochs"] = $"{options.Epochs}", ["batch_size"] = $"{options.Slices.Images}",
        ["seed"] = $"{options.Seed}", ["learning_rate"] = $"{options.LearningRate:R}",
        ["warm_up_epochs"] = $"{options.WarmUpEpochs:R}", ["optimizer"] = $"{options.Optimizer}",
        ["learning_rate_decay"] = $"{options.Decay}",
        ["loss"] = $"{task.LossName}", ["precision"] = $"{options.Precision}",
        ["average"] = options.Average is not { } average ? (FormattableString)$"none"
            : $"decay {average.Decay:R}, ramp {average.Ramp:R}",
        ["sampler"] = $"{options.Sampler}", ["close_mix_epochs"] = $"{options.CloseMixEpochs}",
        ["learn_ranges"] = $"{options.LearnRanges}", ["groups"] = $"{string.Join(", ", options.Groups)}", ["batch_statistics"] = $"{options.BatchStatistics}",
        ["augmentation"] = $"{string.Join(", ", options.Augmentations.Prepend<object?>(options.Mix).OfType<object>())}",
    }.ToDictionary(pair => pair.Key, pair => FormattableString.Invariant(pair.Value));

    private PictureNetwork Tuned(ParameterLayout layout, float[] parameters) =>
        task.Tuned(layout.Scatter(parameters, task.Model.Model));

    private string? Workspace(string file)
    {
        if (options.WorkspacePath is not { } folder || !_ranks.IsFirst())
            return null;
        try
        {
            Directory.CreateDirectory(folder);
            return Path.Combine(folder, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Options.WorkspacePath '{folder}' cannot be made ({error.Message}); give another folder.", error);
        }
    }
}
