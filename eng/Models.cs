#:property PublishAot=false
// Tries files as docs/models.md says: inspects each, runs the command that the report prints, looks the saved file over, and writes a row of the table.
//   dotnet run --file eng/Models.cs -- FOLDER TRAIN.json TEST.json IMAGES [EPOCHS]
// Every *.onnx file of FOLDER; sources.tsv in it (file, source, path) names where they come from. Needs the built tool.
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

if (args.Length < 4)
{
    Console.Error.WriteLine("dotnet run --file eng/Models.cs -- FOLDER TRAIN.json TEST.json IMAGES [EPOCHS]");
    return 2;
}
var root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
var tool = Environment.GetEnvironmentVariable("MLNET_DETECT") ?? Path.Combine(root, "src", "MLNet.Detection.Tool", "bin", "Release", "net10.0", "mlnet-detect.dll");
var (folder, train, test, images, epochs) = (args[0], args[1], args[2], args[3], args.ElementAtOrDefault(4) ?? "1");
var sources = Sources(Path.Combine(folder, "sources.tsv"));
var work = Directory.CreateTempSubdirectory("models").FullName;
var refused = 0;
Console.WriteLine("| file | written by | by the printed command | outputs |\n|---|---|---|---|");
foreach (var file in Directory.GetFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
{
    var row = Row(file, Path.Combine(work, Path.GetFileNameWithoutExtension(file)));
    refused += row.Contains("| refused", StringComparison.Ordinal) ? 1 : 0;
    Console.WriteLine(row);
}
Directory.Delete(work, recursive: true);
return refused == 0 ? 0 : 1;

string Row(string file, string output)
{
    Directory.CreateDirectory(output);
    var name = sources.GetValueOrDefault(Path.GetFileName(file), Path.GetFileName(file));
    var (code, text, before) = Inspect(file, Path.Combine(output, "before.json"));
    if (code != 0 || before is null)
        return $"| {name} | - | refused: {Last(text)} | - |";
    var by = $"{before["producer"]}, opset {before["opset"]}";
    var words = ((string)before["recipe"]!["command"]!).Split(' ');
    foreach (var (option, value) in new[] { ("--model", file), ("--train", train), ("--test", test), ("--images", images) })
        words[Array.IndexOf(words, option) + 1] = value;
    (code, text) = Run(["train", .. words, "--epochs", epochs, "--output", Path.Combine(output, "tuned")]);
    if (code != 0)
        return $"| {name} | {by} | refused: {Last(text)} | - |";
    var (_, _, after) = Inspect(Path.Combine(output, "tuned", "model.onnx"), Path.Combine(output, "after.json"));
    var score = Regex.Match(text, @"mAP50 [\d.]+").Value;
    return $"| {name} | {by} | trains, {score} | {(after is null ? "the saved file is not read" : Changes(before, after))} |";
}

(int Code, string Text, JsonNode? Report) Inspect(string model, string json)
{
    var (code, text) = Run(["inspect", model, "--json", json]);
    return (code, text, File.Exists(json) ? JsonNode.Parse(File.ReadAllText(json)) : null);
}

// Names and types stay; shapes too, but for the classes.
static string Changes(JsonNode before, JsonNode after)
{
    static string Shape(JsonNode value) => "[" + string.Join(", ", value["shape"]!.AsArray().Select(dim => (string)dim!)) + "]";
    var (old, now) = (before["inputs"]!.AsArray().Concat(before["outputs"]!.AsArray()).ToList(),
        after["inputs"]!.AsArray().Concat(after["outputs"]!.AsArray()).ToList());
    if (!old.Select(Key).SequenceEqual(now.Select(Key)))
        return $"NOT KEPT: {string.Join(", ", old.Select(Key).Except(now.Select(Key)))}";
    var changed = old.Zip(now).Select(pair => (From: Shape(pair.First!), To: Shape(pair.Second!)))
        .Where(pair => pair.From != pair.To).Distinct().Select(pair => $"{pair.From} to {pair.To}").ToList();
    return changed.Count == 0 ? "all as before" : string.Join("; ", changed);

    static string Key(JsonNode? value) => $"{value!["name"]} {value["type"]}";
}

(int Code, string Text) Run(string[] words)
{
    var start = new ProcessStartInfo("dotnet", [tool, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
    using var process = Process.Start(start)!;
    var error = process.StandardError.ReadToEndAsync();
    var text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, text + error.Result);
}

static string Last(string text) => text.Trim().Split("error: ")[^1].ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

static Dictionary<string, string> Sources(string file) => !File.Exists(file) ? [] : File.ReadLines(file).Skip(1)
    .Select(line => line.Split('\t')).Where(part => part.Length > 2).ToDictionary(part => part[0], part => $"{part[1].Replace("github:", "", StringComparison.Ordinal)} `{part[2]}`");
