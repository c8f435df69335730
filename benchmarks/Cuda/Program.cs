using System.CommandLine;
using System.Globalization;
using Benchmarks.Cuda;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Runtime;

// All that is to be measured on a GPU, in one run; the processor takes its place to try the program.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Dictionary<string, (string Title, Action<Kit, Report> Run)> parts = new()
{
    ["correctness"] = ("Correct: the device beside the processor", Correctness.Run),
    ["steps"] = ("Training steps", StepTimes.Run),
    ["loss"] = ("Focal loss beside a copy", LossSpeed.Run),
    ["weights"] = ("Weight gradients of convolutions", WeightGradients.Run),
    ["kernels"] = ("Where the time goes", KernelTable.Run),
    ["soak"] = ("Soak", Soak.Run),
};
var device = new Option<string>("--device") { Description = "cuda:0, or cpu.", DefaultValueFactory = _ => "cuda:0" };
var small = new Option<bool>("--small") { Description = "Small sizes, few repetitions." };
var models = new Option<string>("--models")
{
    Description = "Folder of the ONNX files.",
    DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "models"),
};
var output = new Option<string>("--output") { Description = "Markdown file to write.", Required = true };
var steps = new Option<int>("--soak-steps") { Description = "Steps of the soak.", DefaultValueFactory = _ => 5000 };
var wanted = new Option<string[]>("--parts")
{
    Description = string.Join(", ", parts.Keys) + ".", AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [.. parts.Keys],
}.AcceptOnlyFromAmong([.. parts.Keys]);
var command = new RootCommand("Measures training on a GPU.") { device, small, models, output, steps, wanted };
command.SetAction(given =>
{
    var kit = new Kit(Device.Parse(given.GetValue(device)!), given.GetValue(small), given.GetValue(models)!,
        given.GetValue(steps));
    try
    {
        kit.Device.CreateSessionOptions().Dispose();
    }
    catch (InvalidOperationException error)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
    var report = new Report(given.GetValue(output)!);
    report.Line($"# {kit.Device}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}{(kit.Small ? ", small sizes" : "")}\n");
    foreach (var (title, run) in given.GetValue(wanted)!.Select(name => parts[name]))
        report.Part(title, () => run(kit, report));
    return 0;
});
return command.Parse(args).Invoke();
