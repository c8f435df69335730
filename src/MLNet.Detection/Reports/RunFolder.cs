using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;

namespace MLNet.Detection.Reports;

/// <summary>
/// The folder of a run: <c>model.onnx</c>, <c>metrics.json</c>, <c>report.html</c>, and the workspace's
/// <c>log.csv</c> and <c>checkpoint.safetensors</c>. What an earlier run left there is replaced only when allowed.
/// </summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The tuned model.</summary>
    public string Model => File("model.onnx");

    /// <summary>The metrics.</summary>
    public string Metrics => File("metrics.json");

    /// <summary>The report.</summary>
    public string Report => File("report.html");

    /// <summary>The log of all steps.</summary>
    public string Log => File(FineTuning.LogName);

    /// <summary>The checkpoint to resume from.</summary>
    public string Checkpoint => File(FineTuning.CheckpointName);

    /// <summary>Makes a new folder.</summary>
    /// <param name="path">Where.</param>
    /// <param name="overwrite">Whether files of an earlier run there may be replaced.</param>
    /// <exception cref="IOException">
    /// The folder holds files and <paramref name="overwrite"/> is false, or it cannot be made.
    /// </exception>
    public static RunFolder Create(string path, bool overwrite = false)
    {
        if (System.IO.File.Exists(path))
            throw new IOException($"{path}: there is a file of that name; give another folder.");
        if (!overwrite && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path}: the folder is not empty; give a new one, or allow overwriting.");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the folder cannot be made ({error.Message.TrimEnd('.')}); give another one.", error);
        }
        return new(path);
    }

    /// <summary>Opens the folder of a stopped run, to go on with it.</summary>
    /// <exception cref="IOException">There is no checkpoint in it.</exception>
    public static RunFolder Resume(string path)
    {
        var folder = new RunFolder(path);
        return System.IO.File.Exists(folder.Checkpoint) ? folder
            : throw new FileNotFoundException(
                $"{path}: no {FineTuning.CheckpointName} there; give the folder of a stopped run.");
    }

    /// <summary>Removes the folder of a run that came to nothing, if it is still empty.</summary>
    public void RemoveIfEmpty()
    {
        if (Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    /// <summary>Writes the model, and reads it again: the file must give the boxes and scores of the detector, and its own
    /// tail the same.</summary>
    /// <exception cref="OnnxGraphs.Models.ModelException">It cannot be written, or gives others.</exception>
    public void Write(DetectorModel detector)
    {
        detector.Save(Model);
        var saved = DetectorModel.Load(Model);
        MeaningCheck.DemandSame(saved, detector);
        MeaningCheck.Demand(saved);
    }

    /// <summary>Writes a segmentation network, and reads it again.</summary>
    /// <exception cref="OnnxGraphs.Models.ModelException">It cannot be written.</exception>
    public void Write(SegmenterModel segmenter)
    {
        segmenter.Save(Model);
        SegmenterModel.Load(Model);
    }

    /// <summary>Writes the metrics of a segmentation: all numbers, those of each class, and whatever the caller adds.</summary>
    public void Write(SegmentationMetrics metrics, JsonObject? more = null) => Write(RunReport.OfMasks(metrics),
        new JsonArray([.. metrics.Classes.Select(c => (JsonNode)new JsonObject
        {
            ["name"] = c.Name, ["pixels"] = c.True, ["IoU"] = Number(c.IoU), ["Dice"] = Number(c.Dice),
            ["precision"] = Number(c.Precision), ["recall"] = Number(c.Recall), ["boundary_F1"] = Number(c.BoundaryF1),
        })]), more);

    /// <summary>Writes the metrics: the 12 COCO numbers, those of each class, and whatever the caller adds.</summary>
    public void Write(CocoMetrics metrics, IReadOnlyList<string> classes, JsonObject? more = null)
    {
        Write(RunReport.Twelve(metrics), new JsonArray([.. metrics.PerCategory.Select(c => (JsonNode)new JsonObject
        {
            ["number"] = c.CategoryId, ["name"] = classes[(int)c.CategoryId], ["objects"] = c.GroundTruths,
            ["AP"] = c.AP, ["AP50"] = c.AP50, ["F1"] = c.F1,
            ["best_threshold"] = Number(c.BestThreshold),
        })]), more);
    }

    /// <summary>Writes the report.</summary>
    public void Write(ReportData report) => TrainingReport.Write(report, Report, overwrite: true);

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private void Write(IReadOnlyList<ReportMetric> metrics, JsonArray classes, JsonObject? more)
    {
        var json = new JsonObject();
        foreach (var metric in metrics)
            json[metric.Name] = Number(metric.Value);
        json["classes"] = classes;
        foreach (var (key, value) in more ?? [])
            json[key] = value?.DeepClone();
        WholeFile.Write(Metrics, "the metrics", path => System.IO.File.WriteAllText(path, json.ToJsonString(Json)));
    }

    private static double? Number(double value) => double.IsNaN(value) ? null : value;
}
