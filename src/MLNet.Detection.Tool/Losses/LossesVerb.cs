using System.CommandLine;
using System.Globalization;
using MLNet.Detection.Tool.Terminal;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Losses;

/// <summary>
/// Writes every loss as loss.onnx and loss.grad.onnx and shows its value on a worked example, read back from the file.
/// </summary>
internal sealed class LossesVerb : Verb
{
    private readonly Option<DirectoryInfo> _output = new("--output")
    {
        Description = "Folder for the files, one subfolder a loss.",
        DefaultValueFactory = _ => new("losses"),
    };

    public LossesVerb() : base("losses", "Writes every loss as ONNX files, without and with its gradient.") =>
        Options.Add(_output);

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var folder = given.GetValue(_output)!.FullName;
        Tables.Write(["loss", "value", "nodes", "with gradient", "operators"],
            LossCatalog.All.Select(example => Export(example, Path.Combine(folder, example.Name))).ToList());
        Console.Out.WriteLine($"{LossCatalog.All.Count} losses in {folder}");
    }

    private static string[] Export(LossExample example, string folder)
    {
        LossExport.ExportLoss(example, folder);
        var (loss, gradient) = (Graph(folder, "loss.onnx"), Graph(folder, "loss.grad.onnx"));
        return
        [
            example.Name,
            Value(example, Path.Combine(folder, "loss.onnx")).ToString("G5", CultureInfo.InvariantCulture),
            $"{loss.Node.Count}", $"{gradient.Node.Count}",
            string.Join(' ', gradient.Node.Select(node => node.OpType).Distinct().Order()),
        ];
    }

    private static GraphProto Graph(string folder, string file) =>
        OnnxModel.Load(Path.Combine(folder, file)).Proto.Graph;

    private static float Value(LossExample example, string path)
    {
        using var session = new InferenceSession(path);
        using var run = new RunOptions();
        var feeds = example.Inputs.Where(input => session.InputNames.Contains(input.Name))
            .ToDictionary(input => input.Name, input => HostTensors.Write(input.Value));
        using var results = session.Run(run, feeds, ["loss"]);
        return HostTensors.Read(results[0]).Values<float>()[0];
    }
}
