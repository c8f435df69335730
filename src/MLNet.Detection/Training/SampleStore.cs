using MLNet.Detection.Masks;
using System.Runtime.InteropServices;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// The images of a data view in the size in which the task keeps them. Each is decoded once; pixels and maps of labels
/// lie in a <see cref="PixelFile"/>.
/// </summary>
internal sealed class SampleStore : IDisposable
{
    private readonly PixelFile _file = new();
    private readonly List<string> _skipped = [];
    private readonly List<Kept> _kept = [];
    private readonly RowLabels _labels;

    private SampleStore(string boxColumn) => _labels = new(boxColumn);

    /// <summary>The images, in the order of the rows.</summary>
    public IReadOnlyList<Sample> Samples { get; private set; } = [];

    /// <summary>Boxes that were corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _labels.Problems;

    /// <summary>Images that could not be read, with the reason.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Reads all rows of a view.</summary>
    /// <param name="view">The data.</param>
    /// <param name="task">What is learnt.</param>
    /// <param name="decoding">How pictures are decoded.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    /// <exception cref="DatasetException">A coordinate is no number, boxes are of two units, or a mask does not
    /// fit.</exception>
    public static SampleStore Read(
        IDataView view, TrainingTask task, ImageDecoderOptions decoding, CancellationToken cancel)
    {
        var store = new SampleStore(task.BoxColumn);
        try
        {
            using var decoder = new ImageDecoder(decoding);
            foreach (var chunk in task.Rows(view, store._skipped).Chunk(4 * Environment.ProcessorCount))
            {
                cancel.ThrowIfCancellationRequested();
                var results = new (ResizedImage Image, LabelMap? Labels)?[chunk.Length];
                var problems = new string?[chunk.Length];
                Work(chunk.Length, i => results[i] = Decode(decoder, task, chunk[i], out problems[i]));
                for (var i = 0; i < chunk.Length; i++)
                    if (results[i] is { } fitted)
                        store.Add(chunk[i], fitted.Image, fitted.Labels);
                    else
                        store._skipped.Add(problems[i]!);
            }
            store.Samples = store._labels.Samples();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>An image with its labels. Any number of threads may read at once.</summary>
    public LabeledPicture Picture(int index)
    {
        var (from, width, height) = (_kept[index].From, _kept[index].Width, _kept[index].Height);
        return new(Pixels(index), Samples[index].Labels())
        {
            Labels = !_kept[index].HasClasses ? null : new(width, height, Read<byte>(ref from, width * height))
            {
                Instances = _kept[index].HasInstances ? Read<ushort>(ref from, width * height) : null,
                Weights = _kept[index].HasWeights ? Read<float>(ref from, width * height) : null,
            },
        };
    }

    /// <summary>The pixels of an image.</summary>
    public RgbImage Pixels(int index)
    {
        var (kept, pixels) = (_kept[index], new byte[3 * _kept[index].Width * _kept[index].Height]);
        _file.Read(kept.From + kept.LabelBytes, pixels);
        return new(kept.Width, kept.Height, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // One exception says more than a collection of one.
    private static void Work(int count, Action<int> action)
    {
        try
        {
            Parallel.For(0, count, action);
        }
        catch (AggregateException error) when (error.InnerExceptions[0] is DatasetException)
        {
            throw error.InnerExceptions[0];
        }
    }

    private static (ResizedImage, LabelMap?)? Decode(
        ImageDecoder decoder, TrainingTask task, SampleRow row, out string? problem)
    {
        try
        {
            problem = null;
            return task.Fit(row, decoder);
        }
        catch (UnreadableImageException error)
        {
            problem = error.Message;
            return null;
        }
    }

    private T[] Read<T>(ref long from, int count) where T : unmanaged
    {
        var values = new T[count];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        _file.Read(from, bytes);
        from += bytes.Length;
        return values;
    }

    private void Add(SampleRow row, ResizedImage resized, LabelMap? map)
    {
        byte[] labels =
        [
            .. map?.Classes ?? [], .. MemoryMarshal.AsBytes<ushort>(map?.Instances ?? []),
            .. MemoryMarshal.AsBytes<float>(map?.Weights ?? []),
        ];
        var from = _file.Add(labels);
        _file.Add(resized.Image.Pixels);
        _kept.Add(new(from, resized.Image.Width, resized.Image.Height, labels.Length, map is not null,
            map?.Instances is not null, map?.Weights is not null));
        _labels.Add(row, resized);
    }

    // Classes, objects and weights of the pixels, and then the pixels.
    private readonly record struct Kept(long From, int Width, int Height, int LabelBytes, bool HasClasses,
        bool HasInstances, bool HasWeights);
}
