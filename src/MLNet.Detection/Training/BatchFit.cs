using Microsoft.ML;
using MLNet.Detection.Interop;
using MLNet.Detection.Networks;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>
/// The largest batch whose steps fit into a budget of memory. Steps of small batches are taken and the memory of the process
/// is measured; it grows by the same amount with every picture, so that the batch that fits follows, and a step of that is
/// taken too. Pictures are black: what a step takes does not depend on them.
/// </summary>
/// <param name="BatchSize">Images of a step: at most those that were allowed, and 1 where more fit nowhere.</param>
/// <param name="Budget">Bytes that the process may take.</param>
/// <param name="Taken">Bytes that the process took with that batch.</param>
/// <param name="Measured">Each batch that was tried, in turn, with the bytes that the process took.</param>
public sealed record BatchFit(int BatchSize, long Budget, long Taken, IReadOnlyList<(int BatchSize, long Bytes)> Measured)
{
    /// <summary>The part of the memory that is free which a budget is by default.</summary>
    public const double Share = 0.8;

    /// <summary>Growth from one batch to another that is measured well: pages come and go by a few megabytes.</summary>
    private const long Clear = 48 << 20;

    private const double Shrink = 0.9;

    /// <summary>Bytes that the process takes and that it could take besides: the limit of its container where there is
    /// one.</summary>
    public static long Available
    {
        get
        {
            GC.Collect();
            var info = GC.GetGCMemoryInfo();
            return Environment.WorkingSet + Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
        }
    }

    /// <summary>Finds the batch of a detector's run.</summary>
    /// <param name="context">As the trainer takes it.</param>
    /// <param name="options">How the run to come is trained; its batch size does not matter.</param>
    /// <param name="most">The largest batch that makes sense: the number of pictures.</param>
    /// <param name="budget">Bytes that the process may take. Null: <see cref="Share"/> of <see cref="Available"/>.</param>
    /// <exception cref="NotSupportedException">The run is on a device with memory of its own, or on several ranks.</exception>
    public static BatchFit Of(MLContext context, FineTuneTrainer.Options options, int most, long? budget = null) => Of(
        ContextDevice.Of(context, options.Device), options.Detector, options, most, budget, batch =>
        {
            var sized = options with { BatchSize = batch };
            return (sized, [.. sized.Sized.Select(FineTuneTrainer.Task)]);
        });

    /// <summary>Finds the batch of a segmentation network's run.</summary>
    /// <inheritdoc cref="Of(MLContext, FineTuneTrainer.Options, int, long?)"/>
    public static BatchFit Of(MLContext context, SegmentationTrainer.Options options, int most, long? budget = null) => Of(
        ContextDevice.Of(context, options.Device), options.Segmenter, options, most, budget, batch =>
        {
            // What classes weigh is a table of the data, which nobody has read yet.
            var sized = options with { BatchSize = batch, Balance = ClassBalance.None };
            return (sized, [new SegmentationTask(sized)]);
        });

    /// <summary>Whether the steps fit; of a batch of 1 they may not.</summary>
    public bool Fits => Taken <= Budget;

    /// <summary>Reads an amount of memory: <c>4GB</c> (4 000 000 000 bytes), <c>512MB</c>, <c>1.5GB</c>.</summary>
    /// <exception cref="ArgumentException">The text is no such amount.</exception>
    public static long ParseBytes(string text) =>
        text.EndsWith("B", StringComparison.OrdinalIgnoreCase) && MemorySize.Read(text) is > 0 and var bytes ? bytes
            : throw new ArgumentException($"The memory is '{text}'; expected an amount such as 4GB or 512MB.");

    /// <summary>What was chosen, and why.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"batch {BatchSize}: {Megabytes(Taken)} of {Megabytes(Budget)} MB (measured ")
        + string.Join(", ", Measured.Select(step =>
            FormattableString.Invariant($"{step.BatchSize}: {Megabytes(step.Bytes)} MB"))) + ")";

    private static BatchFit Of(Device device, PictureNetwork model, TrainingOptions options, int most, long? budget,
        Func<int, (TrainingOptions Options, IReadOnlyList<TrainingTask> Tasks)> sized)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        if (!device.IsProcessor)
            throw new NotSupportedException($"The memory of {device} is not measured; give the batch size (--batch), or run on the "
                + "processor.");
        if (options.Backend.Ranks.Count > 1)
            throw new NotSupportedException($"The memory of {options.Backend.Ranks.Count} ranks together is not measured; find the "
                + "batch on one (--batch auto), and give the ranks that number each (--batch).");
        var limit = budget ?? (long)(Share * Available);
        if (model.Batch(Math.Min(2, most)) == 1)
            most = 1;
        var measured = new List<(int BatchSize, long Bytes)>();
        long Try(int batch)
        {
            var (own, tasks) = sized(batch);
            measured.Add((batch, StepMemory.Of(tasks, own, device)));
            return measured[^1].Bytes;
        }

        var first = Try(1);
        var (large, second) = (1, first);
        while (large < most && second - first < Clear && second < limit)
            (large, second) = (Math.Min(2 * large, most), Try(Math.Min(2 * large, most)));
        var each = large == 1 ? 0 : (second - first) / (double)(large - 1);
        var chosen = second >= limit ? Math.Max(1, large / 2)
            : each <= 0 ? large : (int)Math.Clamp(large + (limit - second) / each, large, most);
        while (chosen != measured[^1].BatchSize && Try(chosen) > limit && chosen > 1)
            chosen = Math.Max(1, (int)(Shrink * chosen));
        return new(chosen, limit, measured[^1].Bytes, measured);
    }

    private static long Megabytes(long bytes) => bytes / 1_000_000;
}
