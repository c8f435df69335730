using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>The images of a data view in the size in which the task keeps them.</summary>
internal abstract class SampleStore : IDisposable
{
    /// <summary>More files than this are decoded at need, so that no run waits long for its first step.</summary>
    public const int MostReadFirst = 2000;

    /// <summary>The images, in the order of the rows.</summary>
    public abstract IReadOnlyList<Sample> Samples { get; }

    /// <summary>Boxes that were corrected or left out.</summary>
    public abstract IReadOnlyList<DatasetProblem> Problems { get; }

    /// <summary>Images that could not be read so far, with the reason.</summary>
    public abstract IReadOnlyList<string> Skipped { get; }

    /// <summary>Whether all images were decoded once: those that cannot be are not among the samples.</summary>
    public abstract bool IsDecoded { get; }

    /// <summary>What tells whether two views have the same rows: of all of them, those of other ranks too.</summary>
    public abstract long Rows { get; }

    /// <summary>Reads all rows of a view, or makes ready to.</summary>
    /// <param name="view">The data.</param>
    /// <param name="task">What is learnt.</param>
    /// <param name="decoding">How pictures are decoded.</param>
    /// <param name="budget">Memory for them.</param>
    /// <param name="share">Which rows are wanted.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    /// <exception cref="DatasetException">A coordinate is no number, boxes are of two units, or a mask does not
    /// fit.</exception>
    public static SampleStore Read(IDataView view, TrainingTask task, ImageDecoderOptions decoding, CacheBudget budget,
        RankShare share, CancellationToken cancel)
    {
        if (!budget.OnDisk && task.Files(view) is { } files
            && (files.Count > MostReadFirst || files.Count / share.Ranks > budget.Left / task.PictureBytes))
            return new FileSamples(files, task, decoding, budget, share);
        return DecodedSamples.Read(view, task, decoding, budget, share, cancel);
    }

    /// <summary>An image with its labels; null where its file cannot be read. Any number of threads may read at
    /// once.</summary>
    public abstract LabeledPicture? Picture(int index);

    /// <summary>The pixels of an image; null where its file cannot be read.</summary>
    public abstract RgbImage? Pixels(int index);

    /// <summary>An image with its labels, or the next one that can be read.</summary>
    /// <exception cref="UnreadableImageException">None can.</exception>
    public (Sample Sample, LabeledPicture Picture) Readable(int index)
    {
        for (var i = 0; i < Samples.Count; i++)
            if ((index + i) % Samples.Count is var next && Picture(next) is { } picture)
                return (Samples[next], picture);
        throw new UnreadableImageException(Samples[index].Name, $"none of {Samples.Count} pictures can be read");
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
