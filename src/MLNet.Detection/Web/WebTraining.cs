using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Web;

/// <summary>
/// Training in a browser, by stock ONNX Runtime: files for any server of static files, or any program with a runtime. The
/// step is one ONNX model, the page a few modules without a framework.
/// </summary>
public static class WebTraining
{
    /// <summary>
    /// Writes a page that takes the steps of this trainer: <c>index.html</c> with its modules (<c>trainer.js</c> is the
    /// worker), <c>step.onnx</c>, <c>scores.onnx</c>, <c>weights.bin</c>, <c>data.bin</c>, <c>manifest.json</c>, and the
    /// detector's file <c>predict.onnx</c>, into which the page puts the trained weights when it saves. Same loss, optimiser,
    /// frozen weights, batch size, rates and mirroring as here; pictures are shuffled by numbers of the page's own.
    /// </summary>
    /// <param name="trainer">Whose steps the page takes.</param>
    /// <param name="folder">Where to write; made where missing.</param>
    /// <param name="data">The training data; those of its pictures that <paramref name="options"/> say go into the
    /// page.</param>
    /// <param name="options">Everything else.</param>
    /// <exception cref="ModelException">The detector cannot be trained, or not by a page: its head does not learn by anchors,
    /// or weights are not stored as float32.</exception>
    /// <exception cref="ArgumentException">The trainer has options that the page does not.</exception>
    /// <exception cref="DatasetException">The data has no object to learn.</exception>
    /// <exception cref="IOException">The folder holds such files already, or cannot be written.</exception>
    public static void WriteWebTrainer(
        this FineTuneTrainer trainer, string folder, IDataView data, WebTrainerOptions? options = null)
    {
        options ??= new();
        var given = trainer.Given with { BatchSize = trainer.Given.Detector.Batch(trainer.Given.BatchSize) };
        given.Check(given.Columns.ClassNames(data.Schema), data);
        given.RefuseTeacher("the files of a page");
        WebLimits.Check(given, options);
        (data as DetectionDataView)?.Dataset.RequireObjects();
        var models = WebModels.Of(given);
        Prepare(folder, options.Overwrite);
        WebFile(WebSite.Step, path => models.Step.Step.Save(path));
        WebFile(WebSite.Scores, path => models.Scores.Save(path));
        WebFile(WebSite.Detector, path => File.WriteAllBytes(path, models.Detector));
        WebFile(WebSite.Weights, path => File.WriteAllBytes(path,
            MemoryMarshal.AsBytes<float>(models.Step.Layout.Gather(given.Detector.Model)).ToArray()));
        var pictures = WebPictures.Write(Path.Combine(folder, WebSite.Data), given, data, options);
        WebSite.WritePage(folder);
        WebManifests.Of(given, models, pictures, WebRuntime.Place(options.Runtime, folder), Id(folder))
            .Save(Path.Combine(folder, WebSite.Manifest));

        void WebFile(string name, Action<string> write) => write(Path.Combine(folder, name));
    }

    /// <summary>The detector of a page with the weights that the page saved.</summary>
    /// <param name="folder">Where <see cref="WriteWebTrainer"/> wrote the page.</param>
    /// <param name="weights">The file of weights: <c>weights.bin</c> as the page saves it.</param>
    /// <exception cref="InvalidDataException">The file is not of that page, or has a number that is not finite.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static DetectorModel ReadWebWeights(string folder, string weights)
    {
        var manifest = WebManifest.Load(Path.Combine(folder, WebSite.Manifest));
        var detector = DetectorModel.Load(Path.Combine(folder, WebSite.Detector));
        var layout = ParameterLayout.Of(detector.Model, [.. manifest.Weights.Select(weight => weight.Name)]);
        var bytes = File.ReadAllBytes(weights);
        if (bytes.Length != 4 * layout.Size)
            throw new InvalidDataException($"{weights}: {bytes.Length} bytes; the page in {folder} has {layout.Size} weights of "
                + "4 bytes each. Take the file that this page saved.");
        var values = MemoryMarshal.Cast<byte, float>(bytes);
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                throw new InvalidDataException(
                    $"{weights}: number {i} is {values[i]}; the run diverged. Train again with a lower rate.");
        return detector with { Model = layout.Scatter(values, detector.Model) };
    }

    private static void Prepare(string folder, bool overwrite)
    {
        if (!overwrite && WebSite.Files.Select(name => Path.Combine(folder, name)).FirstOrDefault(Path.Exists) is { } existing)
            throw new IOException($"{existing}: exists already; give another folder, or allow overwriting "
                + $"({nameof(WebTrainerOptions.Overwrite)}, or --overwrite).");
        Directory.CreateDirectory(folder);
    }

    private static string Id(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in (string[])[WebSite.Step, WebSite.Weights])
            hash.AppendData(File.ReadAllBytes(Path.Combine(folder, name)));
        return Convert.ToHexStringLower(hash.GetHashAndReset()[..8]);
    }
}
