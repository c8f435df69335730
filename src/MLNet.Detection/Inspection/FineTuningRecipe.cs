using MLNet.Detection.Detectors;
using OnnxGraphs.Models;

namespace MLNet.Detection.Inspection;

/// <summary>How to tune a detector, to be copied: as a program and as a command line.</summary>
/// <param name="Code">A C# program.</param>
/// <param name="Command">Arguments of <c>samples/FineTune</c>, after <c>./run.sh</c>.</param>
/// <param name="Missing">What the user must still say; empty where nothing is.</param>
public sealed record FineTuningRecipe(string Code, string Command, IReadOnlyList<string> Missing)
{
    /// <summary>The recipe for a detector.</summary>
    internal static FineTuningRecipe Of(DetectorInspection inspection)
    {
        var file = Path.GetFileName(inspection.Model.Path);
        var (code, command, missing) = (new List<string>(), new List<string>(), new List<string>());
        if (inspection.Model.Heads is null)
        {
            missing.Add("the class and box values: choose two of the cut points");
            code.AddRange(["ClassOutput = \"CLASSES\",", "BoxOutput = \"BOXES\","]);
            command.Add("--class-output CLASSES --box-output BOXES");
        }
        if (inspection.Input is { } input && IsOpen(inspection))
            (code, command) = ([.. code, $"ImageSize = ({input.Width}, {input.Height}),"],
                [.. command, $"--image-size {input.Width}x{input.Height}"]);
        if (inspection.Scheme is { } scheme)
        {
            code.Add($"AnchorScheme = {scheme.Code},");
            command.Add($"--anchor-scheme {scheme.Name}");
        }
        else if (inspection.TailAnchors is null && inspection.Head?.Kind is null or HeadKind.Ssd or HeadKind.RetinaNet)
            missing.Add("the anchors: Anchors = AnchorFile.Load(...), or --anchors FILE");
        if (inspection.Model.Heads is { Classes.Activation: null } && inspection.Head is { } head)
        {
            var softmax = head.Kind == HeadKind.Ssd;
            code.Add($"HasBackground = {(softmax ? "true" : "false")},");
            command.Add($"--loss {(softmax ? "multibox" : "retinanet")}");
        }
        if (inspection.Front is { InputRange: null })
        {
            code.Add("Normalization = Normalization.Centered, // (pixel - 127) / 128: the file does not say, check it");
            command.Add("--normalization centered");
        }
        return new(Program(file, code), string.Join(' ', [$"--model {file}", .. command,
            "--train train.json --test test.json --images images"]), missing);
    }

    private static bool IsOpen(DetectorInspection inspection) =>
        inspection.Model.Inputs[0].Shape.Skip(1).Any(dim => !int.TryParse(dim, out _));

    private static string Program(string file, IReadOnlyList<string> options)
    {
        string[] usings =
        [
            "Microsoft.ML", "MLNet.Detection",
            .. options.Any(option => option.StartsWith("AnchorScheme", StringComparison.Ordinal))
                ? new[] { "MLNet.Detection.Anchors" } : [],
            "MLNet.Detection.Detectors",
            .. options.Any(option => option.StartsWith("Normalization", StringComparison.Ordinal))
                ? new[] { "MLNet.Detection.Images" } : [],
        ];
        return $$"""
            {{string.Join('\n', usings.Select(name => $"using {name};"))}}

            var ml = new MLContext(seed: 1);
            var train = ml.Detection().LoadFromCoco("train.json", "images");
            var test = ml.Detection().LoadFromCoco("test.json", "images");
            var detector = new DetectorImport
            {
                Classes = [.. train.Dataset.Categories.Select(category => category.Name)],
            {{string.Concat(options.Select(option => $"    {option}\n"))}}}.Load("{{file}}");
            using var tuned = ml.Detection().FineTune(detector, epochs: 20).Fit(train);
            var metrics = ml.Detection().Evaluate(tuned.Transform(test));
            Console.WriteLine($"mAP50 {metrics.MAP50:f3}, mAP50-95 {metrics.MAP50_95:f3}");
            tuned.Model.Save("tuned.onnx");
            """;
    }
}
