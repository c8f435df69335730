using Microsoft.ML;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>What a run learns, and what it is measured on.</summary>
/// <param name="Store">The pictures to learn.</param>
/// <param name="Validation">Null without a validation set, and on ranks that do not measure.</param>
internal sealed record RunData(SampleStore Store, ValidationRun? Validation) : IDisposable
{
    /// <summary>Reads both.</summary>
    public static RunData Read(IDataView data, IDataView? validation, TrainingTask task, PictureSizes sizes,
        TrainingOptions options, Device device, CacheBudget budget)
    {
        var store = SampleStore.Read(data, sizes.Largest, options.Decoding, budget, RankShare.Whole, options.Cancellation);
        try
        {
            return new(store, validation is null ? null : task.Validation(validation, options, device, budget));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Pictures that could not be read, with the reason.</summary>
    public IReadOnlyList<string> Skipped => [.. Store.Skipped, .. Validation?.Skipped ?? []];

    /// <inheritdoc/>
    public void Dispose()
    {
        Validation?.Dispose();
        Store.Dispose();
    }
}
