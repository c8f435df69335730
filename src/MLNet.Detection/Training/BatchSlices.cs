using OnnxGraphs.Distributed;

namespace MLNet.Detection.Training;

/// <summary>Which images of a step each pass on each rank takes: a slice of each batch, in order.</summary>
/// <param name="BatchSize">Images of a pass over all ranks.</param>
/// <param name="Passes">Passes of a step whose gradients are added up.</param>
/// <param name="Ranks">The processes.</param>
internal sealed record BatchSlices(int BatchSize, int Passes, IRanks Ranks)
{
    /// <summary>Images of a step.</summary>
    public int Images => BatchSize * Passes;

    /// <summary>Places of a pass on a rank: some may stay empty, on some ranks all.</summary>
    public int Places => (BatchSize + Ranks.Count - 1) / Ranks.Count;

    /// <summary>
    /// The slices that this rank takes of a step's images, one for each pass. All ranks take as many passes, whether there
    /// are images left for them or not.
    /// </summary>
    public IEnumerable<SampleChoice[]> Of(SampleChoice[] step) => step.Chunk(BatchSize).Select(batch =>
        batch[(Ranks.Rank * batch.Length / Ranks.Count)..((Ranks.Rank + 1) * batch.Length / Ranks.Count)]);
}
