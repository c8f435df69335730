using System.Runtime.InteropServices;

namespace OnnxGraphs.Distributed;

/// <summary>An MPI library that was loaded, with the handles of what is used of it.</summary>
internal sealed class MpiLibrary
{
    private const int LoadNow = 2, SymbolsForAll = 0x100;

    private static readonly Dictionary<MpiFamily, string[]> Names = new()
    {
        [MpiFamily.OpenMpi] = ["libmpi.so.40", "libmpi.40.dylib"],
        [MpiFamily.Mpich] = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "msmpi.dll"],
        [MpiFamily.Standard] = ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi_abi.so", "libmpi_abi.1.dylib"],
    };

    private readonly nint _library;

    private MpiLibrary(nint library, string path)
    {
        (_library, Path) = (library, path);
        Family = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _) ? MpiFamily.OpenMpi
            : System.IO.Path.GetFileName(path).Contains("mpi_abi") ? MpiFamily.Standard : MpiFamily.Mpich;
        (World, Float, Byte, Add, InPlace) = Family switch
        {
            MpiFamily.OpenMpi => (Function("ompi_mpi_comm_world"), Function("ompi_mpi_float"), Function("ompi_mpi_byte"),
                Function("ompi_mpi_op_sum"), 1),
            MpiFamily.Mpich => (0x44000000, 0x4c00040a, 0x4c00010d, 0x58000003, -1),
            // MPI 5.0, the chapter on the application binary interface.
            _ => ((nint)0x101, (nint)0x210, (nint)0x247, (nint)0x21, (nint)1),
        };
    }

    /// <summary>Name or path that it was loaded by.</summary>
    public string Path { get; }

    /// <summary>Its binary interface.</summary>
    public MpiFamily Family { get; }

    /// <summary>All processes.</summary>
    public nint World { get; }

    /// <summary>32-bit floats.</summary>
    public nint Float { get; }

    /// <summary>Bytes.</summary>
    public nint Byte { get; }

    /// <summary>The operation that adds.</summary>
    public nint Add { get; }

    /// <summary>Says that a result replaces what was given.</summary>
    public nint InPlace { get; }

    /// <summary>Address of a function.</summary>
    public nint Function(string name) => NativeLibrary.GetExport(_library, name);

    /// <summary>Loads a library: the one named, else the first there is, those of the launcher's family before others.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static MpiLibrary Load(string? path, MpiFamily? launcher)
    {
        string[] names = path is not null ? [path]
            : [.. Names.OrderByDescending(family => family.Key == launcher).SelectMany(family => family.Value)];
        foreach (var name in names)
            if (TryLoad(name, out var library))
                return new(library, name);
        throw new InvalidOperationException($"No MPI library is found here (looked for {string.Join(", ", names)}). Install the "
            + $"one of the launcher, or give its path in the environment variable {MpiRanks.LibraryVariable}.");
    }

    // Open MPI's plug-ins look for its symbols among those of the whole process.
    private static bool TryLoad(string name, out nint library)
    {
        library = OperatingSystem.IsLinux() ? Open(name, LoadNow | SymbolsForAll) : 0;
        return library != 0 || NativeLibrary.TryLoad(name, out library);
    }

    [DllImport("libc.so.6", EntryPoint = "dlopen")]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string name, int flags);
}
