using System.Text;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Networks;
using MLNet.Detection.Training.Hooks;
using OnnxGraphs.Distributed;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>One training run: builds the step, the data and the hooks, and goes through the loop.</summary>
/// <param name="task">What is learnt, in the size in which it is measured and saved.</param>
/// <param name="sizes">The sizes of the steps.</param>
/// <param name="options">How.</param>
/// <param name="device">Where.</param>
/// <param name="channel">Where warnings go.</param>
internal sealed class FineTuning(
    TrainingTask task, PictureSizes sizes, TrainingOptions options, Device device, IChannel channel)
{
    internal const string CheckpointName = "checkpoint.safetensors", LogName = "log.csv", EpochsName = "epochs.csv";

    private const int ListedProblems = 20;

    /// <summary>What is said of a file that takes one picture at a time.</summary>
    public static string SingleBatch(PictureNetwork model, int wanted) => $"{model.Path}: a batch of one picture is built into "
        + $"the file and cannot be freed; it is trained with a batch of 1, not {wanted}. Accumulate adds up the gradients of several.";

    private readonly IRanks _ranks = options.Backend.Ranks;

    public TunedNetwork Run(IDataView data)
    {
        // Before the long reading of images: a folder that cannot be made, or is in use.
        using var claim = options.WorkspacePath is { } folder && _ranks.IsFirst() ? WorkspaceClaim.Take(folder) : null;
        var start = new RankStart(_ranks);
        start.CheckOptions(options);
        WarnOfFloat16();
        using var ahead = StepNeedsNoData ? new StartAhead(() => Start(stepsPerEpoch: 1)) : null;
        var budget = CacheBudget.Of(options.Cache, _ranks);
        using var read = start.Read(() =>
            RunData.Read(data, options.ValidationSet, task, sizes, options, device, budget));
        var (store, validation) = (read.Store, read.Validation);
        validation?.Begin(_ranks);
        var skipped = read.Skipped;
        Tell(skipped, [.. store.Problems, .. validation?.Problems ?? []], data);
        CheckImages(store);
        start.CheckData(store);
        var notes = options.WorkspacePath is null && options.ResumeFrom is null ? [] : Notes(store.Samples);
        var resume = options.ResumeFrom is { } from && _ranks.IsFirst() ? ResumePoint.Load(from, notes) : null;
        var learnt = Learn(start, ahead, Batches(store), resume, validation, notes);
        // Of pictures that are decoded at need, each rank has found those that it had to learn or to measure.
        var found = SkippedByAll(read.Skipped);
        TellSkipped(found.Except(skipped));
        ManagedMemory.GiveBack();
        return new(Tuned(learnt.Layout, learnt.Weights), learnt.History, found) { Device = device, Placement = learnt.Placement };
    }

    // What the steps took is free again when this returns.
    private (float[] Weights, ParameterLayout Layout, IReadOnlyList<EpochSummary> History, NodePlacement? Placement) Learn(
        RankStart start, StartAhead? ahead, BatchSource batches, Checkpoint? resume, ValidationRun? validation,
        Dictionary<string, string> notes)
    {
        using var run = ahead?.Take() ?? Start(batches.StepsPerEpoch);
        if (resume is not null)
            run.Restore(resume);
        start.Align(run);
        ManagedMemory.GiveBack();
        var validate = validation is null || !_ranks.IsFirst() ? null : new Validate(
            parameters => validation.Evaluate(Tuned(run.Layout, parameters))!,
            options.KeepBest, options.EarlyStoppingPatience, () => validation.Shown);
        if (resume is not null)
            validate?.Recall(resume);
        using var log = Workspace(LogName) is { } path ? new WriteLog(path, run.Steps) : null;
        using var meters = new Meters(options.Slices.Images, run.Steps);
        var epochs = Workspace(EpochsName) is { } place ? new WriteEpochs(place, run.Steps / batches.StepsPerEpoch) : null;
        var loop = new TrainingLoop(run, batches, Schedule(batches.StepsPerEpoch),
            options.Epochs, options.ReportEvery ?? (device.IsProcessor ? 1 : 10),
            _ranks.IsFirst() ? Hooks(validate, log, epochs, meters, notes) : OtherHooks(validation, run), _ranks);
        var history = loop.Run(options.Cancellation);
        var weights = validate?.BestParameters ?? run.ReadWeights();
        _ranks.Broadcast<float>(weights);
        return (weights, run.Layout, history, run.Placement);
    }

    // A picture of two sets is said once.
    private void Tell(IReadOnlyList<string> skipped, IReadOnlyList<DatasetProblem> problems, IDataView data)
    {
        TellSkipped(task.Model.Warnings.Concat(skipped.Distinct()));
        foreach (var problem in problems.Take(ListedProblems))
            channel.Warning(MessageSensitivity.UserData, "{0}", problem);
        if (problems.Count > ListedProblems)
            channel.Warning(MessageSensitivity.None, "{0}",
                $"{problems.Count - ListedProblems} more boxes were corrected or left out.");
        foreach (var warning in task.Warnings(data, options.ValidationSet))
            channel.Warning(MessageSensitivity.UserData, "{0}", warning);
    }

    private IReadOnlyList<string> SkippedByAll(IReadOnlyList<string> own) => [.. own.Union(
        _ranks.Gather(Encoding.UTF8.GetBytes(string.Join('\n', own)))
            .SelectMany(bytes => Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)))];

    private void TellSkipped(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            channel.Warning(MessageSensitivity.UserData, "{0}", problem);
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
        store, (options.Sampler ?? new ShuffledSampler(options.Seed)).For(
            new ComputedList<int[]>(store.Samples.Count, i => store.Samples[i].Classes)),
        new(store, options.Augmentations, options.Mix, options.Epochs - options.CloseMixEpochs, options.Seed), sizes, options.Slices,
        fillUp: options.BatchStatistics, BatchSource.WorkersOf(options, device));

    private LearningRateSchedule Schedule(int stepsPerEpoch) => new(
        options.LearningRate, (int)MathF.Round(options.WarmUpEpochs * stepsPerEpoch), options.Epochs * stepsPerEpoch,
        options.Decay);

    private void WarnOfFloat16()
    {
        if (options.Precision == StepPrecision.Float16 && device.IsProcessor)
            channel.Warning(MessageSensitivity.None, "{0}", "Float16 is for GPUs: the processor computes it by way of "
                + "float32, and is faster with Precision Float32.");
    }

    // Weights that are frozen for some epochs are for as many steps. Ranks speak with each other while they build and while
    // they read, in turn.
    private bool StepNeedsNoData =>
        _ranks.Count == 1 && !task.LossNeedsData && options.Groups.All(group => group.FrozenEpochs == 0);

    private ITrainingRun Start(int stepsPerEpoch) => options.Backend.Start(
        [.. sizes.Tasks.Select(sized => sized.Step(options, stepsPerEpoch))], options.Optimizer, device);

    private List<ITrainingHook> Hooks(
        Validate? validate, WriteLog? log, WriteEpochs? epochs, Meters meters, Dictionary<string, string> notes)
    {
        var checkpoint = Workspace(CheckpointName) is { } path
            ? new WriteCheckpoint(path, notes, validate) : null;
        List<ITrainingHook?> hooks =
        [
            new StopAtNaN(() => checkpoint?.Written ?? options.ResumeFrom),
            new WarnOfGrowth(text => channel.Warning(MessageSensitivity.None, "{0}", text)), log, validate, epochs, checkpoint,
            meters,
            new ReportPlacement(channel), new Report(options.Progress, options.MetricsCallback, channel),
        ];
        return [.. hooks.OfType<ITrainingHook>()];
    }

    private List<ITrainingHook> OtherHooks(ValidationRun? validation, ITrainingRun run)
    {
        List<ITrainingHook> hooks = [new StopAtNaN(() => null)];
        if (validation is not null)
            hooks.Add(new MeasureShare(parameters => validation.Evaluate(Tuned(run.Layout, parameters))));
        return hooks;
    }

    // What must be equal for a resumed run to equal an uninterrupted one.
    private Dictionary<string, string> Notes(IReadOnlyList<Sample> samples) => new Dictionary<string, FormattableString>
    {
        ["images"] = $"{samples.Count}", ["classes"] = $"{string.Join(", ", task.Model.Classes)}",
        ["normalization"] = $"{task.Model.Normalization.ToWords()}",
        ["epochs"] = $"{options.Epochs}", ["batch_size"] = $"{options.Slices.Images}",
        ["picture_sizes"] = $"{sizes}",
        ["seed"] = $"{options.Seed}", ["learning_rate"] = $"{options.LearningRate:R}",
        ["warm_up_epochs"] = $"{options.WarmUpEpochs:R}", ["optimizer"] = $"{options.Optimizer}",
        ["learning_rate_decay"] = $"{options.Decay}",
        ["loss"] = $"{task.LossName}", ["precision"] = $"{options.Precision}",
        ["average"] = options.Average is not { } average ? (FormattableString)$"none"
            : $"decay {average.Decay:R}, ramp {average.Ramp:R}",
        ["sampler"] = $"{options.Sampler}", ["close_mix_epochs"] = $"{options.CloseMixEpochs}",
        ["learn_ranges"] = $"{options.LearnRanges}", ["groups"] = $"{string.Join(", ", options.Groups)}", ["batch_statistics"] = $"{options.BatchStatistics}",
        ["augmentation"] = $"{string.Join(", ", options.Augmentations.Prepend<object?>(options.Mix).OfType<object>())}",
        // Behind the settings that they depend on, which say more.
        ["boxes"] = $"{RunHash.OfLabels(samples)}", ["model"] = $"{RunHash.OfWeights(task.Model.Model)}",
    }.ToDictionary(pair => pair.Key, pair => FormattableString.Invariant(pair.Value));

    private PictureNetwork Tuned(ParameterLayout layout, float[] parameters) =>
        task.Tuned(layout.Scatter(parameters, task.Model.Model));

    private string? Workspace(string file) =>
        options.WorkspacePath is { } folder && _ranks.IsFirst() ? Path.Combine(folder, file) : null;
}
