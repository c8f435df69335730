using System.Diagnostics;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// Makes batches from a store of samples while steps run: as many ahead as there are workers, each in a set of inputs of
/// its own, over the ends of epochs too. What is in a batch does not depend on the workers.
/// </summary>
internal sealed class BatchSource(
    SampleStore store, Sampler sampler, SampleAugmentation augmentation, PictureSizes sizes, BatchSlices slices,
    bool fillUp, int workers)
{
    /// <summary>Batches that are made ahead: as many as there are workers.</summary>
    public static int WorkersOf(TrainingOptions options, Device device) =>
        options.Workers ?? (device.IsProcessor ? 1 : Math.Clamp(Environment.ProcessorCount / 2, 1, 4));

    /// <summary>Steps of an epoch; the last one may not be full.</summary>
    public int StepsPerEpoch => (sampler.Length(store.Samples.Count) + slices.Images - 1) / slices.Images;

    /// <summary>The batches from where a run stands to the end of its epochs, one for each pass of a step; those of a step
    /// are valid until the next.</summary>
    public IEnumerable<IReadOnlyList<Batch>> From(ITrainingRun run, int epochs)
    {
        var first = run.Steps;
        var plans = Enumerable.Range(0, epochs).Skip(first / StepsPerEpoch).SelectMany(Epoch)
            .Skip(first % StepsPerEpoch).SelectMany((step, i) => step.Select(plan =>
                plan with { Step = first + i, Size = sizes.Of(first + i) }));
        return workers == 0 ? InTurn(run, plans) : Ahead(run, plans);
    }

    private IEnumerable<IEnumerable<BatchPlan>> Epoch(int epoch)
    {
        var steps = sampler.Epoch(epoch, store.Samples.Count).Chunk(slices.Images).ToList();
        return steps.Select((choices, i) =>
        {
            var passes = slices.Of(choices).ToList();
            return passes.Select((pass, n) =>
                new BatchPlan(0, epoch, pass, n == passes.Count - 1, i == steps.Count - 1));
        });
    }

    private IEnumerable<IReadOnlyList<Batch>> InTurn(ITrainingRun run, IEnumerable<BatchPlan> plans)
    {
        Batch[] batches = [.. Enumerable.Range(0, slices.Passes).Select(place => new Batch(run, sizes, place))];
        var filled = 0;
        foreach (var plan in plans)
        {
            var batch = batches[filled++];
            Timed(() => Fill(batch, plan));
            if (!plan.EndsStep)
                continue;
            yield return batches[..filled];
            filled = 0;
        }
    }

    // While a step takes its passes the next ones are in the making, as many as there are workers.
    private IEnumerable<IReadOnlyList<Batch>> Ahead(ITrainingRun run, IEnumerable<BatchPlan> plans)
    {
        var free = new Queue<Batch>(
            Enumerable.Range(0, workers + slices.Passes).Select(place => new Batch(run, sizes, place)));
        var step = new List<Batch>();
        var filling = new Queue<Task<Batch>>();
        using var plan = plans.GetEnumerator();
        Task<Batch>? next = null;
        try
        {
            while (filling.Count < workers && TryBegin())
            {
            }
            for (next = Staged(); next is not null;)
            {
                var batch = Timed(next.GetAwaiter().GetResult);
                // The step before is done: its set is free, and so is its buffer on the device.
                TryBegin();
                next = Staged();
                step.Add(batch);
                if (!batch.Plan.EndsStep)
                    continue;
                yield return step;
                step.ForEach(free.Enqueue);
                step.Clear();
            }
        }
        finally
        {
            // A run that ends early must not free the memory of a batch that is being made.
            Task.WhenAll(next is null ? filling : filling.Append(next)).ContinueWith(_ => { }, TaskScheduler.Default)
                .Wait();
        }

        bool TryBegin()
        {
            if (!plan.MoveNext())
                return false;
            var (batch, wanted) = (free.Dequeue(), plan.Current);
            filling.Enqueue(Task.Run(() => Fill(batch, wanted)));
            return true;
        }

        Task<Batch>? Staged() => !filling.TryDequeue(out var filled) ? null : filled.ContinueWith(task =>
        {
            var batch = task.GetAwaiter().GetResult();
            run.Stage(batch.Set, batch.Plan.Step);
            return batch;
        }, TaskScheduler.Default);
    }

    private static Batch Timed(Func<Batch> get)
    {
        var begin = Stopwatch.GetTimestamp();
        var batch = get();
        batch.Waited = Stopwatch.GetElapsedTime(begin);
        return batch;
    }

    private Batch Fill(Batch batch, BatchPlan plan)
    {
        var task = sizes.Tasks[plan.Size];
        var images = Array.ConvertAll(plan.Choices, choice => augmentation.Apply(plan.Epoch, choice, task));
        batch.Reset(plan, [.. images.Select(image => image.Sample)]);
        foreach (var (i, (_, image)) in images.Index())
        {
            task.Model.Normalization.Write(image, batch.PixelsOf(i));
            task.Prepare(batch, i, image);
        }
        if (fillUp)
            batch.FillUp();
        return batch;
    }
}
