using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// The images of a data view at the network's size. Each is decoded once; the pixels lie in a temporary file, so that
/// data sets larger than memory train as well, and small ones stay in the operating system's cache.
/// </summary>
internal sealed class SampleStore : IDisposable
{
    private readonly FileStream _pixels;
    private readonly List<string> _skipped = [];
    private readonly RowLabels _labels;

    private SampleStore(ImageResize size, string boxColumn)
    {
        _labels = new(boxColumn);
        (Width, Height) = (size.Width, size.Height);
        _pixels = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.None, 1, FileOptions.DeleteOnClose | FileOptions.RandomAccess);
    }

    /// <summary>Width of every image, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of every image, pixels.</summary>
    public int Height { get; }

    /// <summary>The images, in the order of the rows.</summary>
    public IReadOnlyList<Sample> Samples { get; private set; } = [];

    /// <summary>Boxes that were corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _labels.Problems;

    /// <summary>Images that could not be read, with the reason.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Reads all rows of a view.</summary>
    /// <param name="view">The data.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="classes">The detector's classes; those of the data are found there by their names.</param>
    /// <param name="resize">The network's size.</param>
    /// <param name="decoding">How pictures are decoded.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    /// <exception cref="DatasetException">A coordinate is no number, or boxes are of two units.</exception>
    public static SampleStore Read(
        IDataView view, LabelColumns columns, IReadOnlyList<string> classes, ImageResize resize,
        ImageDecoderOptions decoding, CancellationToken cancel)
    {
        var store = new SampleStore(resize, columns.BoundingBoxes);
        try
        {
            using var decoder = new ImageDecoder(decoding);
            var rows = SampleReader.Rows(view, columns, classes, store._skipped);
            foreach (var chunk in rows.Chunk(4 * Environment.ProcessorCount))
            {
                cancel.ThrowIfCancellationRequested();
                var results = new ResizedImage?[chunk.Length];
                var problems = new string?[chunk.Length];
                Parallel.For(0, chunk.Length, i => results[i] = Decode(decoder, resize, chunk[i], out problems[i]));
                for (var i = 0; i < chunk.Length; i++)
                    store.Add(chunk[i], results[i], problems[i]);
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

    /// <summary>The pixels of an image. Any number of threads may read at once.</summary>
    public RgbImage Pixels(int index)
    {
        var pixels = new byte[3 * Width * Height];
        var start = (long)index * pixels.Length;
        for (var read = 0; read < pixels.Length;)
        {
            var more = RandomAccess.Read(_pixels.SafeFileHandle, pixels.AsSpan(read), start + read);
            read += more > 0 ? more : throw new EndOfStreamException(
                $"The temporary file {_pixels.Name} was cut short; start the run again.");
        }
        return new(Width, Height, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();

    private static ResizedImage? Decode(ImageDecoder decoder, ImageResize resize, SampleRow row, out string? problem)
    {
        try
        {
            problem = null;
            return row.Image.Resized(decoder, resize);
        }
        catch (UnreadableImageException error)
        {
            problem = error.Message;
            return null;
        }
    }

    private void Add(SampleRow row, ResizedImage? resized, string? problem)
    {
        if (resized is null)
        {
            _skipped.Add(problem!);
            return;
        }
        try
        {
            RandomAccess.Write(_pixels.SafeFileHandle, resized.Image.Pixels,
                (long)_labels.Count * resized.Image.Pixels.Length);
        }
        catch (IOException error)
        {
            throw new IOException(
                $"The decoded images do not fit into the temporary folder {Path.GetDirectoryName(_pixels.Name)} "
                + $"({error.Message}); free space there, or let TMPDIR (TEMP) name another folder.", error);
        }
        _labels.Add(row, resized);
    }
}
