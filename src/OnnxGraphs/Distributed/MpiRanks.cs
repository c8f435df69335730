using System.Runtime.InteropServices;
using System.Text;

namespace OnnxGraphs.Distributed;

/// <summary>
/// The processes that an MPI launcher started (mpirun, mpiexec, srun), by direct calls to the machine's MPI library: Open
/// MPI, MPICH and what is built on it, or one with the standard interface of MPI 5.
/// </summary>
/// <remarks>
/// A process that fails must <see cref="Abort"/>, and one that is done <see cref="Leave"/>: leaving waits for the others,
/// and they wait for their next sum, so a failure that leaves hangs the run. Calls come from one thread at a time.
/// </remarks>
public sealed unsafe class MpiRanks : IRanks
{
    /// <summary>The environment variable with the path of the MPI library, where its name does not find it.</summary>
    public const string LibraryVariable = "DETECTION_MLNET_MPI";

    private const int OneThreadAtATime = 2, LongestVersion = 8192, Piece = 1 << 28;

    private readonly MpiLibrary _library;
    private readonly delegate* unmanaged<nint, void*, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, int, nint, int> _gather;
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, int, nint, int> _gatherPieces;

    private MpiRanks(MpiLibrary library)
    {
        _library = library;
        _allReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)library.Function("MPI_Allreduce");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)library.Function("MPI_Bcast");
        _gather = (delegate* unmanaged<void*, int, nint, void*, int, nint, int, nint, int>)library.Function("MPI_Gather");
        _gatherPieces = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, int, nint, int>)
            library.Function("MPI_Gatherv");
        var begin = (delegate* unmanaged<void*, void*, int, int*, int>)library.Function("MPI_Init_thread");
        var rankOf = (delegate* unmanaged<nint, int*, int>)library.Function("MPI_Comm_rank");
        var sizeOf = (delegate* unmanaged<nint, int*, int>)library.Function("MPI_Comm_size");
        int level, rank, count;
        Check(begin(null, null, OneThreadAtATime, &level), "MPI_Init_thread");
        Check(rankOf(library.World, &rank), "MPI_Comm_rank");
        Check(sizeOf(library.World, &count), "MPI_Comm_size");
        (Rank, Count) = (rank, count);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Binary interface of the library.</summary>
    public MpiFamily Family => _library.Family;

    /// <summary>What the library says that it is.</summary>
    public string Version
    {
        get
        {
            var text = stackalloc byte[LongestVersion];
            int length;
            Check(((delegate* unmanaged<byte*, int*, int>)_library.Function("MPI_Get_library_version"))(text, &length),
                "MPI_Get_library_version");
            return Encoding.UTF8.GetString(text, length).Split('\n', ',')[0].Trim('\0', ' ').Replace("\t", "");
        }
    }

    /// <summary>Joins the processes that a launcher started together with this one; null where it was started alone.</summary>
    /// <exception cref="InvalidOperationException">No MPI library is found, or another one than the launcher's.</exception>
    public static MpiRanks? Join()
    {
        if (MpiLaunch.Find(Environment.GetEnvironmentVariable) is not { } launch)
            return null;
        var path = Environment.GetEnvironmentVariable(LibraryVariable);
        var ranks = new MpiRanks(MpiLibrary.Load(string.IsNullOrEmpty(path) ? null : path, launch.Family));
        if (ranks.Count == launch.Count)
            return ranks;
        var error = $"The launcher started {launch.Count} processes ({launch.Variable}), but {ranks._library.Path} "
            + $"({ranks.Version}) knows of {ranks.Count}: the two are of different MPIs. Start with the launcher of that "
            + $"library, or give the path of the launcher's in the environment variable {LibraryVariable}.";
        ranks.Leave();
        throw new InvalidOperationException(error);
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        fixed (float* data = values)
            Check(_allReduce(_library.InPlace, data, values.Length, _library.Float, _library.Add, _library.World),
                "MPI_Allreduce");
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is more than 2 GiB.</exception>
    public IReadOnlyList<byte[]> Gather(ReadOnlySpan<byte> bytes)
    {
        var (own, lengths) = (bytes.Length, new int[Count]);
        fixed (int* all = lengths)
            Check(_gather(&own, sizeof(int), _library.Byte, all, sizeof(int), _library.Byte, 0, _library.World), "MPI_Gather");
        var total = lengths.Sum(length => (long)length);
        if (total > Array.MaxLength)
            throw new InvalidOperationException($"The ranks have {total} bytes for rank 0, more than MPI's gather takes.");
        var (gathered, starts) = (new byte[total], new int[Count]);
        for (var rank = 1; rank < Count; rank++)
            starts[rank] = starts[rank - 1] + lengths[rank - 1];
        fixed (byte* from = bytes, to = gathered)
        fixed (int* counts = lengths, places = starts)
            Check(_gatherPieces(from, own, _library.Byte, to, counts, places, _library.Byte, 0, _library.World), "MPI_Gatherv");
        return Rank > 0 ? [] : [.. starts.Zip(lengths, (start, length) => gathered[start..(start + length)])];
    }

    /// <inheritdoc/>
    public void Broadcast<T>(Span<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        for (var from = 0; from < bytes.Length; from += Piece)
            fixed (byte* data = bytes[from..])
                Check(_broadcast(data, Math.Min(Piece, bytes.Length - from), _library.Byte, 0, _library.World), "MPI_Bcast");
    }

    /// <summary>Ends all processes of the run, whatever they do, with an exit code.</summary>
    public void Abort(int code) =>
        _ = ((delegate* unmanaged<nint, int, int>)_library.Function("MPI_Abort"))(_library.World, code);

    /// <summary>Leaves the run in good order: after success only, when all have come to it.</summary>
    public void Leave() => Check(((delegate* unmanaged<int>)_library.Function("MPI_Finalize"))(), "MPI_Finalize");

    private static void Check(int code, string call)
    {
        if (code != 0)
            throw new InvalidOperationException($"{call} of the MPI library failed with code {code}.");
    }
}
