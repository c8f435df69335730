using System.Collections.Immutable;
using Microsoft.ML.Runtime;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Runs a network over image files, for any number of rows and cursors. The network is prepared for one picture and
/// for a batch, each when first needed, and runs one call at a time; decoding runs beside it.
/// </summary>
/// <typeparam name="TPicture">A decoded picture as the network takes it.</typeparam>
/// <typeparam name="TResult">What it says of a picture.</typeparam>
internal sealed class PictureScorer<TPicture, TResult> : IDisposable where TPicture : class
{
    private const int DecodingThreads = 2;

    private readonly Func<RowPicture, ImageDecoder, TPicture> _decode;
    private readonly TResult _nothing;
    private readonly string _owner;
    private readonly IChannelProvider? _log;
    private readonly ImageDecoder _decoder;
    private readonly Lazy<Runner> _single, _batch;
    private readonly Lock _running = new();
    private ImmutableList<UnreadableImageException> _unreadable = [];
    private bool _disposed;

    /// <summary>Whether a picture that cannot be read is an error: where nobody would be told of it.</summary>
    public bool RefusesUnreadable { get; init; }

    /// <summary>Prepares nothing yet.</summary>
    /// <param name="owner">Name of the transformer, for messages.</param>
    /// <param name="prepare">Prepares the network for a number of pictures.</param>
    /// <param name="decode">From a row's picture to what the network takes.</param>
    /// <param name="nothing">What is said of a picture that cannot be read.</param>
    /// <param name="batchSize">Pictures of a batch.</param>
    /// <param name="decoding">How files are decoded.</param>
    /// <param name="log">Told of pictures that cannot be read.</param>
    public PictureScorer(string owner, Func<int, Runner> prepare, Func<RowPicture, ImageDecoder, TPicture> decode,
        TResult nothing, int batchSize, ImageDecoderOptions decoding, IChannelProvider? log)
    {
        (_owner, _decode, _nothing, _log, _decoder) = (owner, decode, nothing, log, new(decoding));
        _single = new(() => prepare(1));
        _batch = batchSize == 1 ? _single : new(() => prepare(batchSize));
    }

    public IReadOnlyList<UnreadableImageException> Unreadable => _unreadable;

    /// <summary>One picture.</summary>
    public TResult Score(Func<RowPicture> read) => Run(_single, Decoded(read))[0];

    /// <summary>As many pictures as a batch has, or fewer. Read in order, decoded in parallel.</summary>
    public TResult[] ScoreBatch(Func<RowPicture>[] reads) => Run(_batch, Decoded(reads));

    public void Dispose()
    {
        lock (_running)
        {
            _disposed = true;
            foreach (var runner in new[] { _single, _batch }.Distinct())
                if (runner.IsValueCreated)
                    runner.Value.Owner.Dispose();
            _decoder.Dispose();
        }
    }

    private TResult[] Run(Lazy<Runner> runner, TPicture?[] pictures)
    {
        TPicture[] readable = [.. pictures.OfType<TPicture>()];
        TResult[] found;
        lock (_running)
        {
            RequireAlive();
            found = readable.Length == 0 ? [] : runner.Value.Run(readable);
        }
        var next = 0;
        return Array.ConvertAll(pictures, picture => picture is null ? _nothing : found[next++]);
    }

    // An image that cannot be read or decoded becomes null; errors are reported in the order of the rows.
    private TPicture?[] Decoded(params Func<RowPicture>[] reads)
    {
        RequireAlive();
        var (pictures, errors) = (new TPicture?[reads.Length], new UnreadableImageException?[reads.Length]);
        var files = new RowPicture[reads.Length];
        for (var i = 0; i < reads.Length; i++)
            errors[i] = Error(() => files[i] = reads[i]());
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = DecodingThreads };
        Parallel.For(0, reads.Length, parallel, i => errors[i] ??= Error(() =>
            pictures[i] = _decode(files[i], _decoder)));
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
        if (RefusesUnreadable)
            throw error;
        lock (_running)
        {
            if (_unreadable.Exists(known => known.Message == error.Message))
                return;
            _unreadable = _unreadable.Add(error);
        }
        using var channel = _log?.Start(_owner);
        channel?.Warning(MessageSensitivity.UserData, error.Message);
    }

    private void RequireAlive()
    {
        if (_disposed)
            throw new ObjectDisposedException(_owner,
                "The network was disposed. A prediction engine disposes the transformer it was made from; "
                + "create the engine with PredictionEngineOptions.OwnsTransformer = false to keep it.");
    }

    /// <summary>A prepared network.</summary>
    /// <param name="Owner">What is freed in the end.</param>
    /// <param name="Run">Runs pictures.</param>
    internal sealed record Runner(IDisposable Owner, Func<IReadOnlyList<TPicture>, TResult[]> Run);
}
