// Writes every loss as loss.onnx and loss.grad.onnx and prints its value on a worked example, read back from the file.
//   dotnet run --project samples/Losses -- --output losses
using System.CommandLine;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;
using Spectre.Console;

Option<DirectoryInfo> output = new("--output")
{
    Description = "Folder for the files, one subfolder a loss.",
    DefaultValueFactory = _ => new("losses"),
};
RootCommand command = new("Writes every loss of OnnxGraphs as ONNX files, without and with its gradient.") { output };
command.SetAction(arguments => Export(arguments.GetValue(output)!));
return command.Parse(args).Invoke();

static int Export(DirectoryInfo folder)
{
    var table = new Table().AddColumns("loss", "value", "nodes", "with gradient", "operators");
    foreach (var example in LossCatalog.All)
    {
        var place = Path.Combine(folder.FullName, example.Name);
        LossExport.ExportLoss(example, place);
        var (loss, gradient) = (Graph(place, "loss.onnx"), Graph(place, "loss.grad.onnx"));
        var operators = string.Join(' ', gradient.Node.Select(node => node.OpType).Distinct().Order());
        var value = Value(example, Path.Combine(place, "loss.onnx")).ToString("G5", CultureInfo.InvariantCulture);
        table.AddRow(example.Name, value, $"{loss.Node.Count}", $"{gradient.Node.Count}", operators);
    }
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine($"{LossCatalog.All.Count} losses in {folder.FullName}");
    return 0;
}

static OnnxGraphs.Models.Proto.GraphProto Graph(string folder, string file) =>
    OnnxModel.Load(Path.Combine(folder, file)).Proto.Graph;

static float Value(LossExample example, string path)
{
    using var session = new InferenceSession(path);
    using var run = new RunOptions();
    var feeds = example.Inputs.Where(input => session.InputNames.Contains(input.Name))
        .ToDictionary(input => input.Name, input => HostTensors.Write(input.Value));
    using var results = session.Run(run, feeds, ["loss"]);
    return HostTensors.Read(results[0]).Values<float>()[0];
}
