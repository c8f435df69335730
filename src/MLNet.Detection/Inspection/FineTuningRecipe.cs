using System.Globalization;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Inspection;

/// <summary>How to tune a detector, to be copied: as a program and as a command line.</summary>
/// <param name="Code">A C# program.</param>
/// <param name="Command">Arguments of <c>mlnet-detect train</c>.</param>
/// <param name="Missing">What the user must still say; empty where nothing is.</param>
public sealed record FineTuningRecipe(string Code, string Command, IReadOnlyList<string> Missing)
{
    private const string NotKnown = "not known: see what is still to be given";

    /// <summary>
    /// What a <see cref="DetectorImport"/> of the file must be told beside the classes: one initializer a line.
    /// </summary>
    public IReadOnlyList<string> Import { get; init; } = [];

    /// <summary>The recipe for a detector.</summary>
    internal static FineTuningRecipe Of(DetectorInspection inspection)
    {
        var (file, missing) = (Path.GetFileName(inspection.Model.Path), new List<string>());
        if (inspection.Input is null)
            missing.Add("the image size, or a file with one image input: see the problems");
        if (inspection.Map is not null)
            return OfMap(inspection, file, missing);
        List<(string Code, string Command)> options = inspection.Input is null ? [] :
        [
            .. Head(inspection, missing), .. Size(inspection), .. Anchors(inspection, missing), .. Pixels(inspection, missing),
        ];
        var rate = inspection.LearningRate;
        var command = string.Join(' ', [$"--model {file}", .. options.Select(option => option.Command),
            .. rate is null ? Array.Empty<string>() : [$"--lr {Number(rate.Value)}"],
            "--train train.json --test test.json --images images"]);
        string[] import = [.. options.Select(option => option.Code)];
        return new(Program(file, import, rate), command, missing) { Import = import };
    }

    private static FineTuningRecipe OfMap(DetectorInspection inspection, string file, List<string> missing)
    {
        List<(string Code, string Command)> options = [.. Size(inspection), .. Pixels(inspection, missing)];
        var command = string.Join(' ', [$"--task segment --model {file}", .. options.Select(option => option.Command),
            .. inspection.BatchOfOne ? ["--batch 1"] : Array.Empty<string>(), "--train FOLDER --test FOLDER"]);
        string[] import = [.. options.Select(option => option.Code)];
        return new($$"""
            using Microsoft.ML;
            using MLNet.Detection;
            using MLNet.Detection.Segmentation;{{(import.Length > 0 ? "\nusing MLNet.Detection.Images;" : "")}}

            var ml = new MLContext(seed: 1);
            var train = ml.Detection().LoadMasks("train");
            var test = ml.Detection().LoadMasks("test");
            var segmenter = new SegmenterImport
            {
                Classes = [.. train.Dataset.Categories.Select(category => category.Name)],
            {{string.Concat(import.Select(option => $"    {option}\n"))}}}.Load("{{file}}");
            using var tuned = ml.Detection().FineTuneSegmenter(segmenter, epochs: 20).Fit(train);
            var metrics = ml.Detection().EvaluateMasks(tuned.Transform(test));
            Console.WriteLine($"mean IoU {metrics.MeanIoU:f3}, mean Dice {metrics.MeanDice:f3}");
            tuned.Model.Save("tuned.onnx");
            """, command, missing) { Import = import };
    }

    private static IEnumerable<(string Code, string Command)> Head(DetectorInspection inspection, List<string> missing)
    {
        var (heads, kind) = (inspection.Model.Heads, inspection.Head?.Kind);
        if (inspection.Dense is not null || inspection.Queries is not null || inspection.Stages is not null)
            return [];
        if (kind == HeadKind.Yolox && heads is not null)
            return Separate(heads, Objectness(inspection));
        if (kind is HeadKind.Yolo or HeadKind.Yolox or HeadKind.Yolov8)
        {
            var output = inspection.Model.Outputs[0].Name;
            return [($"Head = new {kind}Head(),", $"--head {$"{kind}".ToLowerInvariant()}"),
                ($"ClassOutput = \"{output}\",", $"--class-output {output}")];
        }
        if (heads is null)
        {
            missing.Add("the class and box values: choose two of the cut points");
            return [("ClassOutput = \"CLASSES\",", "--class-output CLASSES"),
                ("BoxOutput = \"BOXES\",", "--box-output BOXES")];
        }
        if (kind == HeadKind.Fcos)
        {
            var centerness = Objectness(inspection);
            return [($"Head = new FcosHead {{ CenternessValue = \"{centerness}\" }},",
                $"--head fcos --objectness-output {centerness}")];
        }
        // Boxes of a set prediction are read behind their sigmoid.
        if (kind == HeadKind.Detr)
            return [("Head = new DetrHead(),", "--head detr"),
                ($"BoxOutput = \"{heads.Boxes.Outputs[0]}\",", $"--box-output {heads.Boxes.Outputs[0]}")];
        if (heads.Classes.Activation is null && kind is null)
        {
            missing.Add("softmax with background or one sigmoid a class: HasBackground = true or false, or --loss "
                + "multibox or retinanet");
            return [("HasBackground = true, // " + NotKnown, "--loss LOSS")];
        }
        return heads.Classes.Activation is not null ? []
            : kind == HeadKind.Ssd ? [("HasBackground = true,", "--loss multibox")]
            : [("HasBackground = false,", "--loss retinanet")];
    }

    private static string Objectness(DetectorInspection inspection) =>
        inspection.Model.Cuts.First(cut => cut.Role == HeadRole.Objectness).Value;

    // YOLOX with an output for each of its values.
    private static IEnumerable<(string Code, string Command)> Separate(HeadPair heads, string objectness) =>
    [
        ($"Head = new YoloxHead {{ ObjectnessOutput = \"{objectness}\" }},",
            $"--head yolox --objectness-output {objectness}"),
        ($"ClassOutput = \"{heads.Classes.Value}\",", $"--class-output {heads.Classes.Value}"),
        ($"BoxOutput = \"{heads.Boxes.Value}\",", $"--box-output {heads.Boxes.Value}"),
    ];

    private static IEnumerable<(string Code, string Command)> Size(DetectorInspection inspection) =>
        inspection.Input is { } input && IsOpen(inspection)
            ? [($"ImageSize = ({input.Width}, {input.Height}),", $"--image-size {input.Width}x{input.Height}")] : [];

    private static IEnumerable<(string Code, string Command)> Anchors(
        DetectorInspection inspection, List<string> missing)
    {
        if (inspection.Head?.Kind is not (null or HeadKind.Ssd or HeadKind.RetinaNet))
            return [];
        if (inspection.Scheme is { } scheme)
            return [($"AnchorScheme = {scheme.Code},", $"--anchor-scheme {scheme.Name}")];
        if (inspection.TailAnchors is not null)
            return [];
        missing.Add("the anchors: Anchors = AnchorFile.Load(...), or --anchors FILE");
        var (width, height) = (inspection.Input!.Width, inspection.Input.Height);
        return [($"Anchors = AnchorFile.Load(\"anchors.csv\", AnchorFormat.XyxyPixels, {width}, {height}), // {NotKnown}",
            "--anchors FILE")];
    }

    // What the file neither does itself nor says: customary for the head's kind, else to be given.
    private static IEnumerable<(string Code, string Command)> Pixels(
        DetectorInspection inspection, List<string> missing)
    {
        if (inspection.Front is not { InputRange: null } || inspection.StoredNormalization is not null
            || inspection.Pixels is not null)
            return [];
        if (inspection.GuessedPixels is { } guess)
        {
            var name = guess == Normalization.Pixels ? nameof(Normalization.Pixels) : nameof(Normalization.Unit);
            return [($"Normalization = Normalization.{name}, // a guess",
                $"--normalization {name.ToLowerInvariant()}")];
        }
        missing.Add("what numbers the pixels are: --normalization pixels, unit, centered or imagenet, with --colors bgr "
            + "where blue comes first; the program that runs the file today knows it");
        return [("Normalization = Normalization.Unit, // " + NotKnown,
            "--normalization PIXELS")];
    }

    private static bool IsOpen(DetectorInspection inspection) =>
        inspection.Model.Inputs.First(input => input.Name == inspection.Input!.Name).Shape.Skip(1)
            .Any(dim => !int.TryParse(dim, out var length) || length <= 0);

    private static string Number(float rate) => rate.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Program(string file, IReadOnlyList<string> options, float? rate)
    {
        var trainer = rate is null ? "detector, epochs: 20"
            : $"new() {{ Detector = detector, Epochs = 20, LearningRate = {Number(rate.Value)}f }}";
        string[] usings =
        [
            "Microsoft.ML", "MLNet.Detection",
            .. options.Any(option => option.StartsWith("Anchor", StringComparison.Ordinal))
                ? new[] { "MLNet.Detection.Anchors" } : [],
            "MLNet.Detection.Detectors",
            .. options.Any(option => option.StartsWith("Head = ", StringComparison.Ordinal))
                ? new[] { "MLNet.Detection.Heads" } : [],
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
            using var tuned = ml.Detection().FineTune({{trainer}}).Fit(train);
            var metrics = ml.Detection().Evaluate(tuned.Transform(test));
            Console.WriteLine($"mAP50 {metrics.MAP50:f3}, mAP50-95 {metrics.MAP50_95:f3}");
            tuned.Model.Save("tuned.onnx");
            """;
    }
}
