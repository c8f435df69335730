using Microsoft.ML;
using MLNet.Detection.Training;

namespace MLNet.Detection.Web;

/// <summary>Chooses the pictures of a page, and writes them.</summary>
internal static class WebPictures
{
    /// <exception cref="Data.DatasetException">No picture has an object to learn.</exception>
    /// <exception cref="InvalidOperationException">No picture can be read.</exception>
    public static WebData Write(string path, FineTuneTrainer.Options given, IDataView data, WebTrainerOptions options)
    {
        var task = FineTuneTrainer.Task(given);
        // All are read: a page leaves out what cannot be.
        var budget = new CacheBudget(PictureCache.QuarterOfFree(), onDisk: true);
        using var train = SampleStore.Read(data, task, given.Decoding, budget, RankShare.Whole, given.Cancellation);
        using var other = given.ValidationSet is { } set
            ? SampleStore.Read(set, task, given.Decoding, budget, RankShare.Whole, given.Cancellation) : null;
        var shown = other is null ? Evenly(train.Samples.Count, options.HeldOut)
            : [.. Enumerable.Range(0, Math.Min(options.HeldOut, other.Samples.Count))];
        int[] learnt = [.. Enumerable.Range(0, train.Samples.Count).Where(i => other is not null || !shown.Contains(i))
            .Take(options.Pictures)];
        if (learnt.Length == 0)
            throw new InvalidOperationException($"The page would have no picture to learn: {train.Samples.Count} can be read "
                + $"({train.Skipped.Count} skipped{string.Concat(train.Skipped.Take(3).Select(name => $"; {name}"))}).");
        task.Check("The training data", [.. learnt.Select(i => train.Samples[i])], train.Problems, toLearn: true);
        using var file = new WebDataFile(path, given.Detector.Anchors);
        return new(given.Detector.Anchors.Count, Add(train, learnt), Add(other ?? train, shown));

        IReadOnlyList<WebPicture> Add(SampleStore store, IEnumerable<int> places) =>
            [.. places.Select(i => file.Add(store.Samples[i], store.Pixels(i)!))];
    }

    // At most a half of them.
    private static int[] Evenly(int pictures, int wanted)
    {
        var count = Math.Min(wanted, pictures / 2);
        return [.. Enumerable.Range(0, count).Select(i => (int)((i + 0.5) * pictures / count))];
    }
}
