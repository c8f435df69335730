using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Reports;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Evaluation;

/// <summary>A segmentation network on a data set with masks.</summary>
internal sealed class MaskEvaluation(MaskHeldOut measured, string title)
{
    public static MaskEvaluation Load(string data, string model, MaskOptions options, CancellationToken cancel)
    {
        using var segmenter = new Segmenter(SegmenterModel.Load(model));
        Verb.Warn(segmenter.Model);
        var pictures = MaskFormat.Detect(data).Load(data, options);
        SharedClasses.Check(pictures, model, segmenter.Model.Classes);
        return new(MaskHeldOut.Read(segmenter, pictures, cancel: cancel), $"{model} on {data}");
    }

    public void Show()
    {
        Tables.Write(["Metric", "", ""], RunReport.OfMasks(measured.Metrics).Select(number =>
            new[] { number.Name, Tables.Number(number.Value), number.Meaning }));
        ShowClasses(measured.Metrics);
        foreach (var skipped in measured.Skipped)
            Console.Error.WriteLine($"Skipped: {skipped}");
    }

    /// <summary>The numbers of each class, as a table.</summary>
    public static void ShowClasses(SegmentationMetrics metrics) =>
        Tables.Write(["Class", "Pixels", "IoU", "Dice", "Precision", "Recall", "Boundary F1"], metrics.Classes.Select(c =>
            new[] { c.Name, $"{c.True}", Tables.Number(c.IoU), Tables.Number(c.Dice), Tables.Number(c.Precision),
                Tables.Number(c.Recall), Tables.Number(c.BoundaryF1) }));

    public void WriteJson(string path) => File.WriteAllText(path, new JsonObject(RunReport.OfMasks(measured.Metrics).Select(number =>
        KeyValuePair.Create(number.Name, (JsonNode?)(double.IsNaN(number.Value) ? null : JsonValue.Create(number.Value)))))
        .ToJsonString(new() { WriteIndented = true }));

    public void WriteReport(string path, bool overwrite) => TrainingReport.Write(new()
    {
        Title = "Evaluation", Summary = title, Metrics = RunReport.OfMasks(measured.Metrics), Masks = measured.Metrics,
        Pictures = measured.First, WorstPictures = measured.Worst,
        Problems = [.. measured.Skipped.Select(skipped => $"Skipped: {skipped}")],
    }, path, overwrite);
}
