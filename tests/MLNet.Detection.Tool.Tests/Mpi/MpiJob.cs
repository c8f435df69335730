using System.Diagnostics;

namespace MLNet.Detection.Tool.Tests.Mpi;

/// <summary>The tool under a launcher of MPI programs, as Debian installs them beside each other.</summary>
internal sealed class MpiJob : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly Task<string> _said;

    private MpiJob(Process process)
    {
        _process = process;
        _said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync())
            .ContinueWith(texts => string.Join('\n', texts.Result), TaskScheduler.Default);
    }

    /// <summary>Launchers by name: those of Open MPI and of MPICH.</summary>
    public static IReadOnlyList<string> Launchers { get; } = ["mpirun.openmpi", "mpirun.mpich"];

    /// <summary>Starts the tool on some ranks.</summary>
    public static MpiJob Start(string launcher, int ranks, params string[] line) =>
        Start(launcher, [(ranks, line)], new Dictionary<string, string>());

    /// <summary>Starts the tool with other options on other ranks.</summary>
    public static MpiJob Start(string launcher, IReadOnlyList<(int Ranks, string[] Line)> parts,
        IReadOnlyDictionary<string, string> environment)
    {
        Require(launcher);
        var arguments = new List<string>();
        if (launcher == "mpirun.openmpi")
            arguments.AddRange(["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]);
        foreach (var (i, (ranks, line)) in parts.Index())
            arguments.AddRange([.. i > 0 ? [":"] : Array.Empty<string>(), "-n", $"{ranks}", "dotnet",
                typeof(CommandLine).Assembly.Location, .. line]);
        var start = new ProcessStartInfo(launcher, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Two machines' worth of ranks on one machine: each takes one thread.
        start.Environment["DETECTION_MLNET_THREADS"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Ends the test as inconclusive where a launcher is not installed.</summary>
    public static void Require(string launcher)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!OperatingSystem.IsLinux() || !folders.Any(folder => File.Exists(Path.Combine(folder, launcher))))
            Assert.Inconclusive($"{launcher} is not installed; on Debian: apt-get install openmpi-bin mpich.");
    }

    /// <summary>Waits for the end; the exit code and all that was said.</summary>
    public async Task<(int Code, string Said)> End(TimeSpan? within = null)
    {
        using var late = new CancellationTokenSource(within ?? Limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"The job did not end within {within ?? Limit}:\n{await _said}");
        }
        return (_process.ExitCode, await _said);
    }

    /// <summary>Waits until something holds while the job runs.</summary>
    public async Task Until(Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (_process.HasExited || clock.Elapsed > Limit)
                Assert.Fail($"The job {(_process.HasExited ? "ended" : "hangs")}:\n{(_process.HasExited ? await _said : "")}");
            await Task.Delay(50);
        }
    }

    /// <summary>Sends a signal to the launcher.</summary>
    public void Signal(string signal) => Kill(signal, _process.Id);

    /// <summary>Kills a process that computes a rank.</summary>
    public void KillRank(int rank, string output) => Kill("-KILL", Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
        .Single(id => id > 0 && Read(id, "cmdline") is ['d', 'o', 't', 'n', 'e', 't', ..] command && command.Contains(output)
            && Read(id, "environ").Split('\0').Any(pair => pair == $"OMPI_COMM_WORLD_RANK={rank}" || pair == $"PMI_RANK={rank}")));

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Kill(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, $"{process}"]);
        kill.WaitForExit();
    }
}
