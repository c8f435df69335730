using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>Makes batches from a store of samples, one ahead of the step that runs.</summary>
internal sealed class BatchSource(
    SampleStore store, Sampler sampler, SampleAugmentation augmentation, TrainingInputs inputs,
    Normalization normalization, int batchSize)
{
    /// <summary>Steps of an epoch; the last one may not be full.</summary>
    public int StepsPerEpoch => (store.Samples.Count + batchSize - 1) / batchSize;

    /// <summary>
    /// The batches of an epoch from a step on, each prepared while the one before it is used; a batch is valid until
    /// the next.
    /// </summary>
    public IEnumerable<Batch> Epoch(int epoch, int firstStep = 0)
    {
        var steps = sampler.Epoch(epoch, store.Samples.Count).Chunk(batchSize).Skip(firstStep).ToList();
        Batch[] buffers = [NewBatch(), NewBatch()];
        var next = steps.Count == 0 ? null : Task.Run(() => Fill(buffers[0], epoch, steps[0]));
        try
        {
            for (var i = 0; i < steps.Count; i++)
            {
                var batch = next!.GetAwaiter().GetResult();
                var ahead = i + 1;
                next = ahead == steps.Count ? null : Task.Run(() => Fill(buffers[ahead % 2], epoch, steps[ahead]));
                yield return batch;
            }
        }
        finally
        {
            // A run that ends early must not free the pixels under the batch that is being made.
            next?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    private Batch NewBatch() => inputs.NewBatch(batchSize, 3 * store.Width * store.Height);

    private Batch Fill(Batch batch, int epoch, SampleChoice[] choices)
    {
        var images = Array.ConvertAll(choices, choice => augmentation.Apply(epoch, choice));
        batch.Reset([.. images.Select(image => image.Sample)]);
        foreach (var (i, (_, image)) in images.Index())
        {
            normalization.Write(image, batch.PixelsOf(i));
            inputs.Prepare(batch, i);
        }
        return batch;
    }
}
