using MLNet.Detection.Masks;
using System.Runtime.InteropServices;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// Images that were all decoded once; pixels and maps of labels lie in memory as long as it lasts, the others in a temporary
/// file.
/// </summary>
internal sealed class DecodedSamples : SampleStore
{
    private readonly KeptPixels _pixels;
    private readonly RowBoxes _boxes;
    private readonly List<string> _skipped = [];
    private readonly List<(SampleRow Row, (int, int) Original, ResizeTransform Transform)> _rows = [];
    private readonly List<Kept> _kept = [];
    private IReadOnlyList<Sample> _samples = [];

    private DecodedSamples(string boxColumn, CacheBudget budget) => (_boxes, _pixels) = (new(boxColumn), new(budget));

    public override IReadOnlyList<Sample> Samples => _samples;

    public override IReadOnlyList<DatasetProblem> Problems => _boxes.Problems;

    public override IReadOnlyList<string> Skipped => _skipped;

    public override bool IsDecoded => true;

    public override long Rows => _boxes.Hash;

    /// <summary>Reads the rows of a share.</summary>
    /// <inheritdoc cref="SampleStore.Read"/>
    public static new DecodedSamples Read(IDataView view, TrainingTask task, ImageDecoderOptions decoding, CacheBudget budget,
        RankShare share, CancellationToken cancel)
    {
        var store = new DecodedSamples(task.BoxColumn, budget);
        try
        {
            using var decoder = new ImageDecoder(decoding);
            foreach (var chunk in store.Own(task.Rows(view, store._skipped, share)).Chunk(4 * Environment.ProcessorCount))
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
            store._boxes.Decide();
            store._samples = [.. store._rows.Select(row => store._boxes.Sample(row.Row, row.Original, row.Transform, say: true))];
            store._rows.Clear();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public override LabeledPicture Picture(int index)
    {
        var (kept, from) = (_kept[index], 0);
        var (width, height) = (kept.Width, kept.Height);
        return new(Pixels(index), Samples[index].Labels())
        {
            Labels = !kept.HasClasses ? null : new(width, height, Read<byte>(kept.Labels, ref from, width * height))
            {
                Instances = kept.HasInstances ? Read<ushort>(kept.Labels, ref from, width * height) : null,
                Weights = kept.HasWeights ? Read<float>(kept.Labels, ref from, width * height) : null,
            },
        };
    }

    public override RgbImage Pixels(int index)
    {
        var (kept, pixels) = (_kept[index], new byte[3 * _kept[index].Width * _kept[index].Height]);
        _pixels.Read(kept.Pixels, 0, pixels);
        return new(kept.Width, kept.Height, pixels);
    }

    public override void Dispose() => _pixels.Dispose();

    // The boxes of all rows say what unit they are in; the pictures of others are not read.
    private IEnumerable<SampleRow> Own(IEnumerable<SampleRow> rows)
    {
        foreach (var row in rows)
        {
            _boxes.Look(row);
            if (row.IsOwn)
                yield return row;
        }
    }

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

    private T[] Read<T>(KeptPixels.Piece labels, ref int from, int count) where T : unmanaged
    {
        var values = new T[count];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        _pixels.Read(labels, from, bytes);
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
        _kept.Add(new(_pixels.Add(labels), _pixels.Add(resized.Image.Pixels), resized.Image.Width, resized.Image.Height,
            map is not null, map?.Instances is not null, map?.Weights is not null));
        _rows.Add((row with { Image = default, Map = null }, resized.Original, resized.Transform));
    }

    // Labels: classes, objects and weights of the pixels.
    private readonly record struct Kept(KeptPixels.Piece Labels, KeptPixels.Piece Pixels, int Width, int Height,
        bool HasClasses, bool HasInstances, bool HasWeights);
}
