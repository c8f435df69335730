using System.Runtime.InteropServices;

namespace OnnxGraphs.Memory;

/// <summary>Memory of whole pages from the operating system, which has it back as soon as it is given back.</summary>
internal static unsafe partial class Pages
{
    private const int ReadWrite = 3, Private = 2, AnonymousOnLinux = 0x20, AnonymousOnMac = 0x1000, AdviseHuge = 14, AdviseCollapse = 25;
    private const nint Failed = -1;

    /// <summary>Whether this operating system is known here.</summary>
    public static bool AreKnown => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>So many bytes of zeros; null where there is no room.</summary>
    public static void* Map(long bytes)
    {
        var anonymous = OperatingSystem.IsLinux() ? AnonymousOnLinux : AnonymousOnMac;
        var memory = Map(null, (nuint)bytes, ReadWrite, Private | anonymous, -1, 0);
        return memory == (void*)Failed ? null : memory;
    }

    /// <summary>
    /// Puts what is in use into large pages where the system has them on request: fewer addresses to look up, 2 to 5 % of a
    /// step. Before Linux 6.1 the system does so in its own time.
    /// </summary>
    public static void PreferLarge(void* memory, long bytes)
    {
        if (OperatingSystem.IsLinux() && Advise(memory, (nuint)bytes, AdviseHuge) == 0)
            _ = Advise(memory, (nuint)bytes, AdviseCollapse);
    }

    /// <summary>Gives it back.</summary>
    public static void Unmap(void* memory, long bytes) => _ = Unmap(memory, (nuint)bytes);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
