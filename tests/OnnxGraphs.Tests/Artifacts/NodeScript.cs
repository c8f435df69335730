using System.ComponentModel;
using System.Diagnostics;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>
/// Runs the scripts of tests/TrainingRuntime in Node.js. A test is inconclusive where that is missing.
/// </summary>
internal static class NodeScript
{
    private const string SetUp = "it is fetched by ./test.sh and eng/setup.sh --tests, with npm";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Runs a script to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its words.</exception>
    public static void Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Harness(), script), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Start(start);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} did not end within {Patience}.");
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script}: {output.Result}{errors.Result}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new AssertInconclusiveException(
                $"Node.js is not here: the official training runtime cannot be run; {SetUp}.");
        }
    }

    private static string Harness()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Detection.MLNet.sln")))
            folder = Path.GetDirectoryName(folder);
        var harness = Path.Combine(folder ?? ".", "tests", "TrainingRuntime");
        if (!Directory.Exists(Path.Combine(harness, "node_modules", "onnxruntime-web")))
            Assert.Inconclusive($"The official training runtime is not here; {SetUp}.");
        return harness;
    }
}
