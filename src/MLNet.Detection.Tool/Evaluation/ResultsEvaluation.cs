using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Reports;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Evaluation;

/// <summary>One evaluation and the ways to show it.</summary>
internal sealed class ResultsEvaluation(
    CocoAnnotations annotations, IReadOnlyList<DetectionResult> results, DetectionAnalysis analysis, LvisMetrics? lvis)
{
    public static ResultsEvaluation Load(string annotationFile, string resultFile)
    {
        var annotations = CocoAnnotations.Load(annotationFile);
        var results = CocoResults.Load(resultFile, annotations);
        var names = annotations.Categories.ToDictionary(category => category.Id, category => category.Name);
        ResultsCheck.Warn(resultFile, results, annotations);
        var lvis = annotations is { LvisImages: { } images, LvisFrequencies: { } frequencies }
            ? new LvisEvaluation().Evaluate(annotations.GroundTruths, results, images, frequencies) : null;
        return new(annotations, results, DetectionAnalysis.Of(annotations.GroundTruths, results, names), lvis);
    }

    public void Show()
    {
        Tables.Write(["Metric", "", ""],
            Numbers.Select(number => new[] { number.Name, Tables.Number(number.Value), number.Meaning }));
        Tables.Write(["Category", "Objects", "AP", "AP50", "best F1", "at score"],
            analysis.Metrics.PerCategory.Select(c => new[]
            {
                c.Name, $"{c.GroundTruths}", Tables.Number(c.AP), Tables.Number(c.AP50), Tables.Number(c.F1),
                Tables.Number(c.BestThreshold),
            }));
        Tables.Write(["Error", "Found", "AP50 won if put right"], analysis.Errors.PerKind.Select(
            error => new[] { $"{error.Key}", $"{error.Value.Count}", Tables.Number(error.Value.AP) }));
        Console.Out.WriteLine($"{annotations.FileNames.Count} pictures, {annotations.GroundTruths.Count} objects, "
            + $"{results.Count} detections, {analysis.Mistakes.Count} pictures with mistakes at the best F1");
    }

    public void WriteJson(string path, bool overwrite)
    {
        var document = new JsonObject
        {
            ["metrics"] = new JsonObject(Numbers.Select(n => KeyValuePair.Create(n.Name, (JsonNode?)n.Value))),
            ["categories"] = new JsonArray([.. analysis.Metrics.PerCategory.Select(c => (JsonNode)new JsonObject
            {
                ["id"] = c.CategoryId, ["name"] = c.Name, ["objects"] = c.GroundTruths, ["ap"] = c.AP,
                ["ap50"] = c.AP50, ["ap75"] = c.AP75, ["ar100"] = c.AR100, ["f1"] = c.F1,
                ["threshold"] = double.IsNaN(c.BestThreshold) ? null : c.BestThreshold,
            })]),
            ["errors"] = new JsonObject(analysis.Errors.PerKind.Select(error => KeyValuePair.Create(
                error.Key.ToString(),
                (JsonNode?)new JsonObject { ["count"] = error.Value.Count, ["ap50"] = error.Value.AP }))),
        };
        using var stream = new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew);
        using var writer = new Utf8JsonWriter(stream, new() { Indented = true });
        document.WriteTo(writer);
    }

    public void WriteReport(string path, string? imageFolder, bool overwrite) => TrainingReport.Write(new()
    {
        Title = "Evaluation report",
        Summary = $"{annotations.FileNames.Count} pictures, {annotations.GroundTruths.Count} objects, "
            + $"{results.Count} detections.",
        Figures = [.. Numbers.Take(3).Select(n => new ReportFigure(n.Name, Tables.Number(n.Value), n.Meaning))],
        Metrics = Numbers,
        Classes = [.. analysis.Metrics.PerCategory.Select(RunReport.Class)],
        Analysis = analysis,
        WorstPictures = imageFolder is null ? [] : Worst(imageFolder),
    }, path, overwrite);

    private IReadOnlyList<ReportMetric> Numbers => lvis is null ? RunReport.Twelve(analysis.Metrics) :
    [
        new("AP", lvis.AP, "mean AP over IoU 0.50 to 0.95"), new("AP50", lvis.AP50, "mean AP at IoU 0.50"),
        new("AP75", lvis.AP75, "mean AP at IoU 0.75"),
        .. Sizes.Select(size => new ReportMetric($"AP{size}", lvis.APOf(size), "objects of one size")),
        .. Enum.GetValues<LvisFrequency>().Select(
            frequency => new ReportMetric($"AP{frequency}", lvis.APOf(frequency), "categories of one frequency")),
        new("AR300", lvis.AROf(ObjectSize.All), "mean recall, 300 detections a picture"),
        .. Sizes.Select(size => new ReportMetric($"AR{size}", lvis.AROf(size), "objects of one size")),
    ];

    private static IEnumerable<ObjectSize> Sizes => Enum.GetValues<ObjectSize>().Where(size => size != ObjectSize.All);

    private List<ReportPicture> Worst(string folder)
    {
        var pictures = new ScoredPictures(annotations.GroundTruths, results, analysis);
        using var decoder = new ImageDecoder();
        return [.. pictures.Worst(12)
            .Select(image => (Id: image, Name: annotations.FileNames[image]))
            .Select(image => pictures.Draw(
                image.Id, image.Name, File.ReadAllBytes(Path.Combine(folder, image.Name)), decoder))
            .OfType<ReportPicture>()];
    }
}
