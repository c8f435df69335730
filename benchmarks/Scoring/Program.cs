// Scoring FIRST.onnx SECOND.onnx [ROUNDS [RUNS]]: time of a picture of two detectors that mlnet-detect wrote, say one in floats
// and the same in whole numbers, in plain ONNX Runtime sessions, batch 1, in turn; medians of the rounds, and of the ratios of
// each round: as they come, and with stored weights that are no inputs, so that ONNX Runtime folds what it can. Then where the
// time of the latter goes, operator by operator, by ONNX Runtime's profile of each.
using System.Diagnostics;
using System.Globalization;
using Benchmarks.Scoring;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int Number(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;
var (rounds, runs) = (Number(2, 21), Number(3, 50));
Console.WriteLine($"{Environment.ProcessorCount} cores, {rounds} rounds of {runs} pictures");
foreach (var folded in new[] { false, true })
{
    using Scored first = new(args[0], folded), second = new(args[1], folded);
    var times = new List<(double First, double Second)>();
    for (var round = 0; round < rounds; round++)
        times.Add((Time(first), Time(second)));
    double Median(Func<(double First, double Second), double> of) => times.Select(of).Order().ElementAt(rounds / 2);
    Console.WriteLine($"{(folded ? "weights no inputs" : "as they come")}: {Median(time => time.First):f2} and {Median(time => time.Second):f2} "
        + $"ms a picture, second / first {Median(time => time.Second / time.First):f3} ({times.Min(time => time.Second / time.First):f3} to "
        + $"{times.Max(time => time.Second / time.First):f3})");
}

var (before, after) = (OperatorTimes.Of(args[0], runs), OperatorTimes.Of(args[1], runs));
Console.WriteLine("\n| operator | first: nodes | ms | second: nodes | ms |\n|---|---|---|---|---|");
foreach (var op in before.Keys.Union(after.Keys).OrderByDescending(op => Of(before, op).Milliseconds + Of(after, op).Milliseconds))
    Console.WriteLine($"| {op} | {Of(before, op).Nodes} | {Of(before, op).Milliseconds:f3} | {Of(after, op).Nodes} | "
        + $"{Of(after, op).Milliseconds:f3} |");
Console.WriteLine($"| all | | {before.Values.Sum(time => time.Milliseconds):f3} | | {after.Values.Sum(time => time.Milliseconds):f3} |");

static (int Nodes, double Milliseconds) Of(IReadOnlyDictionary<string, (int, double)> times, string op) => times.GetValueOrDefault(op);

double Time(Scored model)
{
    model.Run();
    var clock = Stopwatch.StartNew();
    for (var run = 0; run < runs; run++)
        model.Run();
    return clock.Elapsed.TotalMilliseconds / runs;
}
