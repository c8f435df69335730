#:property PublishAot=false
// What a fresh clone needs before its first build. setup.sh and setup.cmd run this; a second run finds it all done.
// --tests: what only tests need too. --explain LOG: why a build failed; a package that the registry lacks is one line.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

if (args is ["--explain", var log])
{
    var text = File.ReadAllText(log);
    var lines = MissingPackages.In(text).ToList();
    Console.WriteLine(lines.Count > 0 ? string.Join('\n', lines) : text);
    return 0;
}
var eng = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var setup = new Setup(Path.GetDirectoryName(eng)!, forTests: args.Contains("--tests"));
try
{
    setup.Run();
    return 0;
}
catch (SetupFailure failure)
{
    Console.Error.WriteLine($"set-up: {failure.Message}");
    return 1;
}

sealed class SetupFailure(string message) : Exception(message);

/// What NuGet says of packages that the registry lacks: the wanted version is nowhere, or another one took its place.
static partial class MissingPackages
{
    const string Change = "Change its line in Directory.Packages.props, "
        + "or add a registry that has it (dotnet nuget add source).";

    public static IEnumerable<string> In(string log)
    {
        foreach (Match found in Replaced().Matches(log).DistinctBy(found => found.Value))
            yield return Line(found, $"the registry offers {found.Groups["offered"]}");
        foreach (Match found in Absent().Matches(log).DistinctBy(found => found.Groups["package"].Value))
        {
            var nearest = Nearest().Match(log, found.Index);
            yield return Line(found, nearest.Success && nearest.Index < Next(log, found)
                ? $"the registry offers {nearest.Groups["offered"]}" : "the registry has no version of it");
        }
    }

    static string Line(Match found, string offered) =>
        $"set-up: {found.Groups["package"]} {found.Groups["wanted"]} is wanted, {offered}. {Change}".Replace("  ", " ");

    static int Next(string log, Match found)
    {
        var next = Absent().Match(log, found.Index + found.Length);
        return next.Success ? next.Index : log.Length;
    }

    [GeneratedRegex(@"NU1603: .*depends on (?<package>\S+) \(>= (?<wanted>[^)]+)\) "
        + @"but .* not found\. .*? (?<offered>\S+) was resolved")]
    private static partial Regex Replaced();

    [GeneratedRegex(@"NU110[12]: Unable to find package (?<package>[\w.-]+?)"
        + @"(?: with version \(>= (?<wanted>[^)]+)\)|\. )")]
    private static partial Regex Absent();

    [GeneratedRegex(@"\[ Nearest version: (?<offered>\S+) \]")]
    private static partial Regex Nearest();
}

sealed partial class Setup(string root, bool forTests)
{
    public void Run()
    {
        Directory.CreateDirectory(Path.Combine(root, "artifacts"));
        if (!forTests) return;
        InstallRuntime("TrainingRuntime", "the official training runtime");
        InstallRuntime("WebRuntime", "ONNX Runtime for Node.js and browsers");
    }

    /// Runtimes in JavaScript. Tests are inconclusive without them: not worth a failed set-up.
    void InstallRuntime(string folder, string words)
    {
        try
        {
            Install(Path.Combine(root, "tests", folder), words);
        }
        catch (SetupFailure failure)
        {
            Console.WriteLine($"Tests in {words} will be inconclusive: {failure.Message}");
        }
    }

    void Install(string folder, string words)
    {
        var lockFile = Path.Combine(folder, "package-lock.json");
        var stamp = Path.Combine(folder, "node_modules", ".setup-lock.json");
        if (File.Exists(stamp) && File.ReadAllText(stamp) == File.ReadAllText(lockFile)) return;
        if (!Holds(Path.Combine(folder, "node_modules", ".package-lock.json"), lockFile)) NpmCi(folder, words);
        Trim(Path.Combine(folder, "node_modules"));
        File.Copy(lockFile, stamp, overwrite: true);
    }

    /// Packages of runtimes hold libraries for every machine, and bundles that no test loads: most of their size.
    static void Trim(string packages)
    {
        var own = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        foreach (var folder in Folders(packages, "onnxruntime-node", "bin", "napi-v6").SelectMany(system => Folders(system)))
            if (Path.GetFileName(folder) != processor || Path.GetFileName(Path.GetDirectoryName(folder)) != own)
                Directory.Delete(folder, recursive: true);
        string[] bundles = Directory.GetFiles(Path.Combine(packages, "onnxruntime-web", "dist"));
        // The training runtime loads a library of its own.
        var trains = bundles.Any(file => Path.GetFileName(file) == "ort-training-wasm-simd-threaded.wasm");
        foreach (var file in bundles)
            if (Unused().IsMatch(Path.GetFileName(file)) || trains && Path.GetFileName(file) == "ort-wasm-simd-threaded.wasm")
                File.Delete(file);
    }

    static string[] Folders(params string[] path) =>
        Directory.Exists(Path.Combine(path)) ? Directory.GetDirectories(Path.Combine(path)) : [];

    [GeneratedRegex(@"\.map$|jsep|jspi|^ort\.(all|webgl|js|min|mjs|bundle)")]
    private static partial Regex Unused();

    /// npm writes its own lock file last: one with the same integrity hashes means a complete installation.
    static bool Holds(string installed, string wanted) =>
        File.Exists(installed) && Integrity(wanted).IsSubsetOf(Integrity(installed));

    static HashSet<string> Integrity(string lockFile)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(lockFile));
        return [.. json.RootElement.GetProperty("packages").EnumerateObject()
            .Where(package => package.Value.TryGetProperty("integrity", out _))
            .Select(package => package.Value.GetProperty("integrity").GetString()!)];
    }

    void NpmCi(string folder, string words)
    {
        var shown = Path.GetRelativePath(root, folder);
        if (Npm(folder, "--version").Exit != 0)
            throw new SetupFailure(
                $"npm was not found; {shown} needs it. Get Node.js 18 or later from https://nodejs.org.");
        Console.WriteLine($"Fetching {words} with npm into {shown} ...");
        var (exit, output) = Npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        if (exit != 0)
            throw new SetupFailure(
                $"'npm ci' failed in {shown}: {FirstError(output)} Check the network and npm's registry setting.");
    }

    static (int Exit, string Output) Npm(string folder, params string[] arguments) => OperatingSystem.IsWindows()
        ? Call("cmd", folder, ["/c", "npm", .. arguments])
        : Call("npm", folder, arguments);

    static string FirstError(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var line = lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
            ?? lines.LastOrDefault() ?? "no output.";
        return line.EndsWith('.') ? line : line + ".";
    }

    static (int Exit, string Output) Call(string tool, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "");
        }
    }
}
