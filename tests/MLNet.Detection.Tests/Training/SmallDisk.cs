using System.Diagnostics;

namespace MLNet.Detection.Tests.Training;

/// <summary>A file system of a few megabytes in memory, which a test can fill. It takes Linux and the rights of root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Filler = "filler";

    public SmallDisk(int megabytes = 4)
    {
        Path = Directory.CreateTempSubdirectory("small-disk").FullName;
        if (Mount("-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path))
            return;
        Directory.Delete(Path);
        Assert.Inconclusive("This system lets tests mount no file system.");
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var filler = System.IO.File.Create(File(Filler), bufferSize: 1);
        // The last pages one by one.
        foreach (var size in new[] { 1 << 16, 1 << 12 })
            while (Add(filler, new byte[size]))
            {
            }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => System.IO.File.Delete(File(Filler));

    public void MakeReadOnly() => Assert.IsTrue(Mount("-o", "remount,ro", Path));

    public void MakeWritable() => Assert.IsTrue(Mount("-o", "remount,rw", Path));

    public void Dispose()
    {
        using var process = Process.Start("umount", [Path]);
        process.WaitForExit();
        Directory.Delete(Path);
    }

    private static bool Add(FileStream file, byte[] bytes)
    {
        try
        {
            RandomAccess.Write(file.SafeFileHandle, bytes, file.Length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Mount(params string[] line)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using var process = Process.Start(new ProcessStartInfo("mount", line) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
