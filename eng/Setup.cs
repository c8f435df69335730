#:property PublishAot=false
// What a fresh clone needs before its first build. setup.sh and setup.cmd run this; a second run finds it all done.
// --tests: what only tests need too.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

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

sealed class Setup(string root, bool forTests)
{
    const string MirrorVariable = "DETECTION_MLNET_CLOSED_MIRROR", CudaVariable = "DETECTION_MLNET_CUDA";
    readonly string mirrorMarker = Path.Combine(root, "artifacts", "closed-mirror");
    readonly string registryMarker = Path.Combine(root, "artifacts", "registry");

    public void Run()
    {
        var cuda = Flag(CudaVariable) ?? false;
        Directory.CreateDirectory(Path.Combine(root, "artifacts"));
        if (forTests) InstallTrainingRuntime();
        if (!UsesClosedMirror(cuda)) return;
        Install(Path.Combine(root, "eng", "closed-mirror"));
        if (cuda) InstallCuda();
    }

    static bool? Flag(string variable) => Environment.GetEnvironmentVariable(variable)?.ToLowerInvariant() switch
    {
        null or "" => null,
        "true" => true,
        "false" => false,
        var other => throw new SetupFailure($"{variable} is '{other}'; set it to true or false, or unset it."),
    };

    bool UsesClosedMirror(bool cuda)
    {
        var remembered = (File.Exists(mirrorMarker), File.Exists(registryMarker)) switch
        {
            (true, false) => true,
            (false, true) => false,
            _ => (bool?)null,
        };
        var (mirror, why) = Flag(MirrorVariable) is { } told ? (told, $"{MirrorVariable} says so")
            : remembered is { } known ? (known, "")
            : Probe(cuda);
        if (mirror != remembered) Remember(mirror, why);
        return mirror;
    }

    void Remember(bool mirror, string why)
    {
        File.Delete(mirror ? registryMarker : mirrorMarker);
        File.WriteAllText(mirror ? mirrorMarker : registryMarker, why + Environment.NewLine);
        Console.WriteLine(mirror
            ? $"Microsoft.ML* packages: closed mirror, eng/closed-mirror stands in ({why})."
            : $"Microsoft.ML* packages: the real ones, from the configured NuGet sources ({why}).");
    }

    /// Restores a project that wants the real packages. NU1101 to NU1103: the sources answered and lack the package.
    (bool Mirror, string Why) Probe(bool cuda)
    {
        string[] packages =
        [
            "Microsoft.ML", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Managed",
            "Microsoft.ML.OnnxRuntime.Extensions", .. cuda ? ["Microsoft.ML.OnnxRuntime.Gpu"] : Array.Empty<string>(),
        ];
        var project = Path.Combine(root, "artifacts", "probe", "Probe.csproj");
        Directory.CreateDirectory(Path.GetDirectoryName(project)!);
        var references = string.Concat(packages.Select(name => $"<PackageReference Include=\"{name}\" />"));
        File.WriteAllText(project, $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{references}</ItemGroup></Project>");
        var (exit, output) = Call("dotnet", Path.GetDirectoryName(project)!,
            "restore", project, "-p:ClosedMirror=false", "-nodeReuse:false", "-v:q");
        if (exit == 0) return (false, "a trial restore found them");
        var errors = Regex.Matches(output, @"\b(NU\d{4}): (.+)");
        var absent = Regex.Matches(output, @"\bNU110[123]: .*?(Microsoft\.ML(?:\.\w+)*)")
            .Select(match => match.Groups[1].Value).Distinct();
        if (errors.Count > 0 && errors.All(error => error.Groups[1].Value is "NU1101" or "NU1102" or "NU1103"))
            return (true, $"the configured NuGet sources lack {string.Join(", ", absent)}");
        throw new SetupFailure(
            $"cannot tell whether the NuGet sources have the Microsoft.ML* packages: {FirstError(output)} "
            + $"Check the network and 'dotnet nuget list source', or set {MirrorVariable} to true or false.");
    }

    /// ONNX Runtime's training runtime as WebAssembly. Tests are inconclusive without it: not worth a failed set-up.
    void InstallTrainingRuntime()
    {
        try
        {
            Install(Path.Combine(root, "tests", "TrainingRuntime"));
        }
        catch (SetupFailure failure)
        {
            Console.WriteLine($"Tests in the official training runtime will be inconclusive: {failure.Message}");
        }
    }

    void InstallCuda()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            throw new SetupFailure($"{CudaVariable} is true; the closed mirror has CUDA on Linux x64 only; unset it.");
        Install(Path.Combine(root, "eng", "closed-mirror", "cuda"));
    }

    void Install(string folder)
    {
        var lockFile = Path.Combine(folder, "package-lock.json");
        var stamp = Path.Combine(folder, "node_modules", ".setup-lock.json");
        if (File.Exists(stamp) && File.ReadAllText(stamp) == File.ReadAllText(lockFile)) return;
        if (!Holds(Path.Combine(folder, "node_modules", ".package-lock.json"), lockFile)) NpmCi(folder);
        File.Copy(lockFile, stamp, overwrite: true);
    }

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

    void NpmCi(string folder)
    {
        var shown = Path.GetRelativePath(root, folder);
        if (Npm(folder, "--version").Exit != 0)
            throw new SetupFailure(
                $"npm was not found; {shown} needs it. Get Node.js 18 or later from https://nodejs.org.");
        Console.WriteLine($"Fetching ONNX Runtime with npm into {shown} ...");
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
        line = Regex.Replace(line, @"^.* : error (?=NU\d{4})", "");
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
