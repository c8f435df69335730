using System.Collections.Immutable;
using Microsoft.ML.Runtime;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Runs a detector over image files, for any number of rows and cursors. The network is prepared for one picture and
/// for a batch, each when first needed, and runs one call at a time; decoding runs beside it.
/// </summary>
internal sealed class PictureScorer : IDisposable
{
    private const int DecodingThreads = 2;

    private readonly DetectorModel _model;
    private readonly IChannelProvider? _log;
    private readonly ImageDecoder _decoder;
    private readonly Lazy<Detector> _single, _batch;
    private readonly Lock _running = new();
    private ImmutableList<UnreadableImageException> _unreadable = [];
    private bool _disposed;

    public PictureScorer(
        DetectorModel model, int batchSize, Device device, ImageDecoderOptions decoding, IChannelProvider? log)
    {
        (_model, _log, _decoder) = (model, log, new(decoding));
        _single = new(() => new(model, 1, device));
        _batch = batchSize == 1 ? _single : new(() => new(model, batchSize, device));
    }

    public IReadOnlyList<UnreadableImageException> Unreadable => _unreadable;

    /// <summary>One picture.</summary>
    public DetectedObject[] Score(Func<RowPicture> read) => Run(_single, Resized(read))[0];

    /// <summary>As many pictures as a batch has, or fewer. Read in order, decoded in parallel.</summary>
    public DetectedObject[][] ScoreBatch(Func<RowPicture>[] reads) => Run(_batch, Resized(reads));

    public void Dispose()
    {
        lock (_running)
        {
            _disposed = true;
            foreach (var detector in new[] { _single, _batch }.Distinct())
                if (detector.IsValueCreated)
                    detector.Value.Dispose();
            _decoder.Dispose();
        }
    }

    private DetectedObject[][] Run(Lazy<Detector> detector, ResizedImage?[] pictures)
    {
        ResizedImage[] readable = [.. pictures.OfType<ResizedImage>()];
        DetectedObject[][] found;
        lock (_running)
        {
            RequireAlive();
            found = readable.Length == 0 ? [] : detector.Value.DetectResized(readable);
        }
        var next = 0;
        return Array.ConvertAll(pictures, picture => picture is null ? [] : found[next++]);
    }

    // An image that cannot be read or decoded becomes null; errors are reported in the order of the rows.
    private ResizedImage?[] Resized(params Func<RowPicture>[] reads)
    {
        RequireAlive();
        var (pictures, errors) = (new ResizedImage?[reads.Length], new UnreadableImageException?[reads.Length]);
        var files = new RowPicture[reads.Length];
        for (var i = 0; i < reads.Length; i++)
            errors[i] = Error(() => files[i] = reads[i]());
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = DecodingThreads };
        Parallel.For(0, reads.Length, parallel, i => errors[i] ??= Error(() =>
            pictures[i] = files[i].Resized(_decoder, _model.Resize)));
        foreach (var error in errors.OfType<UnreadableImageException>())
            Report(error);
        return pictures;
    }

    private static UnreadableImageException? Error(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (UnreadableImageException error)
        {
            return error;
        }
    }

    private void Report(UnreadableImageException error)
    {
        lock (_running)
        {
            if (_unreadable.Exists(known => known.Message == error.Message))
                return;
            _unreadable = _unreadable.Add(error);
        }
        using var channel = _log?.Start(nameof(DetectorTransformer));
        channel?.Warning(MessageSensitivity.UserData, error.Message);
    }

    private void RequireAlive()
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(DetectorTransformer),
                "The detector was disposed. A prediction engine disposes the detector it was made from; "
                + "create the engine with PredictionEngineOptions.OwnsTransformer = false to keep it.");
    }
}
