using System.ComponentModel;
using System.Diagnostics;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>
/// Runs scripts of a folder of tests/ in Node.js, with the packages of that folder. A test is inconclusive where Node.js or
/// a package is missing.
/// </summary>
/// <param name="Folder">The folder.</param>
/// <param name="Package">The package that it needs.</param>
/// <param name="Words">What that is, for the message.</param>
internal sealed record NodeScript(string Folder, string Package, string Words)
{
    private const string SetUp = "it is fetched by ./test.sh and eng/setup.sh --tests, with npm";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>The official training runtime as WebAssembly.</summary>
    public static NodeScript TrainingRuntime { get; } =
        new("TrainingRuntime", "onnxruntime-web", "official training runtime");

    /// <summary>Stock ONNX Runtime for Node.js and browsers.</summary>
    public static NodeScript WebRuntime { get; } = new("WebRuntime", "onnxruntime-node", "ONNX Runtime for Node.js");

    /// <summary>Variables of the environment that the script gets beside this program's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Runs a script to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its words.</exception>
    public void Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Harness, script), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
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

    /// <summary>The folder with its packages.</summary>
    public string Harness
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (root is not null && !File.Exists(Path.Combine(root, "Detection.MLNet.sln")))
                root = Path.GetDirectoryName(root);
            var harness = Path.Combine(root ?? ".", "tests", Folder);
            if (!Directory.Exists(Path.Combine(harness, "node_modules", Package)))
                Assert.Inconclusive($"The {Words} is not here; {SetUp}.");
            return harness;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new AssertInconclusiveException($"Node.js is not here: the {Words} cannot be run; {SetUp}.");
        }
    }
}
