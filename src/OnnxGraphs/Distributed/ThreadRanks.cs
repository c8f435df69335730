namespace OnnxGraphs.Distributed;

/// <summary>
/// Ranks as threads of one process: one for each GPU of a machine, say. Sums are taken in the order of the ranks, so that
/// each gets the same bits.
/// </summary>
public sealed class ThreadRanks : IRanks
{
    private readonly Meeting _meeting;

    private ThreadRanks(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Count => _meeting.Parts.Length;

    /// <summary>Runs the work on as many threads; returns what each came to, in the order of the ranks.</summary>
    /// <exception cref="Exception">What the first rank that failed threw: the others are not waited for by it, and
    /// end.</exception>
    public static IReadOnlyList<T> Run<T>(int count, Func<IRanks, T> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var meeting = new Meeting(count);
        var ranks = Enumerable.Range(0, count).Select(rank => Task.Factory.StartNew(() =>
        {
            try
            {
                return work(new ThreadRanks(meeting, rank));
            }
            catch (Exception error)
            {
                meeting.Fail(error);
                throw;
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        Task.WhenAll(ranks).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        if (meeting.Failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return [.. ranks.Select(rank => rank.Result)];
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        _meeting.Parts[Rank] = values.ToArray();
        _meeting.Wait();
        values.Clear();
        foreach (var part in _meeting.Parts)
            System.Numerics.Tensors.TensorPrimitives.Add(values, part, values);
        _meeting.Wait();
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Gather(ReadOnlySpan<byte> bytes)
    {
        _meeting.Bytes[Rank] = bytes.ToArray();
        _meeting.Wait();
        IReadOnlyList<byte[]> all = Rank == 0 ? [.. _meeting.Bytes] : [];
        _meeting.Wait();
        return all;
    }

    /// <inheritdoc/>
    public void Broadcast<T>(Span<T> values) where T : unmanaged
    {
        if (Rank == 0)
            _meeting.First = values.ToArray();
        _meeting.Wait();
        ((T[])_meeting.First).CopyTo(values);
        _meeting.Wait();
    }

    private sealed class Meeting(int count) : IDisposable
    {
        private readonly Barrier _barrier = new(count);
        private readonly CancellationTokenSource _failed = new();
        private Exception? _failure;

        public float[][] Parts { get; } = new float[count][];

        public byte[][] Bytes { get; } = new byte[count][];

        public Array First { get; set; } = Array.Empty<byte>();

        public Exception? Failure => _failure;

        public void Wait() => _barrier.SignalAndWait(_failed.Token);

        public void Fail(Exception error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
            _failed.Cancel();
        }

        public void Dispose()
        {
            _barrier.Dispose();
            _failed.Dispose();
        }
    }
}
