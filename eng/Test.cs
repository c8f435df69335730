#:property PublishAot=false
// Builds the solution in Release, runs every test project and prints one line each and the totals.
// Arguments go to 'dotnet test', for example: --filter "FullyQualifiedName~Boxes". Exit code 1 when anything failed.
using System.Diagnostics;
using System.Xml.Linq;

var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
return new Tests(root, args).Run();

sealed record Tally(int Passed, int Failed, int Skipped)
{
    public static Tally operator +(Tally a, Tally b) =>
        new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}

sealed class Tests(string root, string[] arguments)
{
    static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
    readonly string results = Path.Combine(root, "artifacts", "test-results");

    public int Run()
    {
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        if (!Build(Path.Combine(root, "Detection.MLNet.sln"))) return 1;
        var projects = Directory.GetFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories);
        var total = new Tally(0, 0, 0);
        foreach (var project in projects.Order(StringComparer.Ordinal)) total += Test(project);
        Console.WriteLine($"Total: {total}");
        return total is { Failed: 0, Passed: > 0 } ? 0 : 1;
    }

    bool Build(string target)
    {
        // Programs that no test runs are compiled only: their native libraries are copied when somebody runs them.
        var (exit, output) = Call("build", target, "-c", "Release", "-nologo", "-v:q", "-clp:NoSummary",
            "-nodeReuse:false", "-p:CompileOnly=true");
        if (exit == 0) return true;
        var log = Path.Combine(root, "artifacts", "build.log");
        File.WriteAllText(log, output);
        output = Call("run", "--file", Path.Combine(root, "eng", "Setup.cs"), "--", "--explain", log).Output;
        Console.Error.WriteLine($"{output}\nBuilding {Path.GetRelativePath(root, target)} failed; no test was run.");
        return false;
    }

    Tally Test(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var clock = Stopwatch.StartNew();
        var (exit, output) = Call(["test", project, "-c", "Release", "--no-build", "-nologo", "-nodeReuse:false",
            "--logger", $"trx;LogFileName={name}.trx", "--results-directory", results, .. arguments]);
        var tally = Read(Path.Combine(results, $"{name}.trx"));
        if (exit != 0 && tally.Failed == 0)
        {
            Console.Error.WriteLine($"{output}\n{name}: 'dotnet test' ended with code {exit} though no test failed.");
            tally += new Tally(0, 1, 0);
        }
        Console.WriteLine($"{name}: {tally} ({clock.Elapsed.TotalSeconds:F0} s)");
        return tally;
    }

    static Tally Read(string file)
    {
        if (!File.Exists(file)) return new Tally(0, 0, 0);
        var found = XDocument.Load(file).Descendants(Trx + "UnitTestResult")
            .ToLookup(result => (string?)result.Attribute("outcome"));
        var failures = found.Where(group => group.Key is not ("Passed" or "NotExecuted" or "Inconclusive"))
            .SelectMany(group => group).ToList();
        foreach (var failure in failures)
            Console.WriteLine($"FAILED {failure.Attribute("testName")?.Value}\n{Reason(failure)}");
        var passed = found["Passed"].Count();
        return new Tally(passed, failures.Count, found.Sum(group => group.Count()) - passed - failures.Count);
    }

    static string Reason(XElement result)
    {
        var error = result.Descendants(Trx + "ErrorInfo").FirstOrDefault();
        var text = $"{error?.Element(Trx + "Message")?.Value}\n{error?.Element(Trx + "StackTrace")?.Value}";
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Take(12).Select(line => "    " + line));
    }

    (int Exit, string Output) Call(params string[] command)
    {
        var start = new ProcessStartInfo("dotnet", command)
        {
            WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en"; // what set-up explains is read in English
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
