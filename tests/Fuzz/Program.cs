using System.Diagnostics;
using MLNet.Detection.Fuzz;

// dotnet run --project tests/Fuzz -c Release -- --inputs 100000 --seed 1 [--from 50000] [--seconds 1800]
static int Option(string[] args, string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1]) : otherwise;

var (inputs, seed, seconds) = (Option(args, "--inputs", 10_000), Option(args, "--seed", 1), Option(args, "--seconds", int.MaxValue));
var folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
var clock = Stopwatch.StartNew();
var told = 0;
var run = new FuzzRun(Targets.All(folder), seed, folder);
run.Go(inputs, number =>
{
    for (; told < run.Faults.Count; told++)
        Console.Error.WriteLine(run.Faults[told]);
    if (number % 10_000 == 0)
        Console.Error.WriteLine(FormattableString.Invariant($"{number} inputs, {run.Faults.Count} faults, {clock.Elapsed.TotalSeconds:f0} s"));
    return clock.Elapsed.TotalSeconds < seconds;
}, Option(args, "--from", 0));
var done = run.Counts.Values.Sum(count => count.Read + count.Refused);
Console.WriteLine("reader               read    refused");
foreach (var (name, count) in run.Counts)
    Console.WriteLine($"{name,-20} {count.Read,7} {count.Refused,9}");
foreach (var kind in run.Faults.GroupBy(fault => (fault.Target, Kind: fault.What.Split(" at ")[0].Split(':')[0] + " " + fault.What.Split(" at ").ElementAtOrDefault(1))))
    Console.WriteLine($"FAULT {kind.Key.Target}: {kind.Count()} times, input {kind.First().Number} of seed {seed}: {kind.First().What}");
Console.WriteLine(FormattableString.Invariant($"{done} inputs in {clock.Elapsed.TotalSeconds:f0} s, {run.Faults.Count} faults"));
Directory.Delete(folder, recursive: true);
return run.Faults.Count == 0 ? 0 : 1;
