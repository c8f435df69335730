using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;

namespace MLNet.Detection.Tests.Interop;

/// <summary>ML.NET model files in a process of their own (tests/ModelFile).</summary>
[TestClass]
public sealed class ModelFileProcessTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    [DataRow("files", false)]
    [DataRow("images", true)]
    public void A_process_that_knows_only_ML_NET_finds_the_same(string kind, bool images)
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { ModelFileTakesImages = images });
        IEstimator<ITransformer> loading = images
            ? ml.Transforms.LoadImages("Image", folder.Path, "FileName")
            : ml.Transforms.LoadRawImageBytes("Image", folder.Path, "FileName");
        var loaded = loading.Fit(data).Transform(data);
        ml.Model.Save(detector, loaded.Schema, folder.File("model.zip"));
        var lines = Run([folder.File("model.zip"), kind,
            .. Enumerable.Range(0, 5).Select(i => folder.File($"{i}.png"))]);
        Assert.HasCount(5, lines);
        using var decoder = new ImageDecoder();
        using var single = new MLNet.Detection.Detectors.Detector(TinyDetector.Model, 1);
        for (var i = 0; i < 5; i++)
        {
            var expected = single.Detect([decoder.DecodeFile(folder.File($"{i}.png"))])[0];
            var words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.HasCount(6 * expected.Length, words);
            CollectionAssert.AreEqual(expected.Select(found => TinyDetector.Model.Classes[found.Class]).ToArray(),
                words[..expected.Length]);
            double[] numbers = [.. expected.Select(found => (double)found.Score),
                .. expected.SelectMany(f => new double[] { f.Box.X0, f.Box.Y0, f.Box.X1, f.Box.Y1 })];
            Close.To(numbers, words[expected.Length..].Select(word =>
                float.Parse(word, CultureInfo.InvariantCulture)).ToArray(), 1e-4, $"picture {i}");
        }
        Assert.IsTrue(lines.Any(line => line.Length > 0));
    }

    private static string[] Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ModelFile.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        return output.TrimEnd('\n').Split('\n');
    }
}
