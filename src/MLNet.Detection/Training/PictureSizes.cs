namespace MLNet.Detection.Training;

/// <summary>The sizes in which a run shows pictures: a task for each, and which of them a step takes.</summary>
/// <param name="Tasks">The tasks; only the sizes of their networks differ.</param>
/// <param name="Seed">Where chance begins.</param>
internal sealed record PictureSizes(IReadOnlyList<TrainingTask> Tasks, int Seed)
{
    /// <summary>The task of the largest size, in which pictures are kept.</summary>
    public TrainingTask Largest => Tasks.MaxBy(task => (long)task.Model.Resize.Width * task.Model.Resize.Height)!;

    /// <summary>The size of a step, by its number alone, so that a resumed run goes on as it would have.</summary>
    public int Of(int step) => Tasks.Count == 1 ? 0 : new Random(unchecked(Seed * 1_000_003 + step)).Next(Tasks.Count);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(' ', Tasks.Select(task => $"{task.Model.Resize.Width}x{task.Model.Resize.Height}"));
}
