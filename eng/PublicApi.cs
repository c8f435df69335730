#:property PublishAot=false
// Writes src/*/PublicAPI.Unshipped.txt anew: what is public now and not in PublicAPI.Shipped.txt.
//   dotnet run --file eng/PublicApi.cs
using System.Diagnostics;
using System.Text.Json;

var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
foreach (var library in new[] { "OnnxGraphs", "MLNet.Detection" })
{
    var folder = Path.Combine(root, "src", library);
    var file = Path.Combine(folder, "PublicAPI.Unshipped.txt");
    File.WriteAllText(file, "#nullable enable\n");
    var names = Missing(folder);
    File.WriteAllLines(file, ["#nullable enable", .. names]);
    Console.WriteLine($"{Path.GetRelativePath(root, file)}: {names.Count} members");
}
return 0;

// The analyzer names each member that is not declared (RS0016); the compiler's log has them all.
List<string> Missing(string folder)
{
    var log = Path.Combine(root, "artifacts", "public-api.sarif");
    Directory.CreateDirectory(Path.GetDirectoryName(log)!);
    var build = Process.Start("dotnet", ["build", folder, "-c", "Release", "-nologo", "-v:q", "-nodeReuse:false",
        "--no-incremental", "-p:BuildProjectReferences=false", "-p:TreatWarningsAsErrors=false", "-p:NoWarn=RS0017",
        "-clp:ErrorsOnly", $"-p:ErrorLog={log}%2cversion=2.1"]);
    build.WaitForExit();
    if (build.ExitCode != 0)
        throw new InvalidOperationException($"Building {folder} failed; the public surface was not read.");
    using var sarif = JsonDocument.Parse(File.ReadAllText(log));
    return [.. sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
        .Where(result => result.GetProperty("ruleId").GetString() is "RS0016")
        .Select(result => result.GetProperty("properties").GetProperty("customProperties")
            .GetProperty("APIName").GetString()!)
        .Distinct().Order(StringComparer.Ordinal)];
}
