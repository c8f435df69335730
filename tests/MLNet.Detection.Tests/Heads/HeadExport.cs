using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Detectors;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Training;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tests.Heads;

/// <summary>
/// What tests/Exports/heads.py wrote: small detectors with random weights, four pictures of 64 x 64 with boxes of three
/// classes, and for each detector the first step's loss terms and gradients in float64.
/// </summary>
internal sealed class HeadExport(string name)
{
    private readonly JsonElement _expected =
        JsonDocument.Parse(File.ReadAllBytes(References.PathOf("heads", name + ".json"))).RootElement;

    public static IReadOnlyList<string> Classes { get; } = ["box", "disc", "bar"];

    public static DetectionDataset Pictures { get; } =
        CocoDataset.Load(References.PathOf("heads", "truths.json"), References.PathOf("heads", ""));

    public string Path { get; } = References.PathOf("heads", name + ".onnx");

    /// <summary>The loss terms.</summary>
    public IReadOnlyDictionary<string, double> Terms => _expected.GetProperty("terms").EnumerateObject()
        .ToDictionary(term => term.Name, term => term.Value.GetDouble());

    /// <summary>The gradient of each parameter.</summary>
    public IReadOnlyDictionary<string, float[]> Gradients
    {
        get
        {
            var all = MemoryMarshal.Cast<byte, float>(
                File.ReadAllBytes(References.PathOf("heads", name + ".gradients.bin"))).ToArray();
            var (found, at) = (new Dictionary<string, float[]>(), 0);
            foreach (var entry in _expected.GetProperty("parameters").EnumerateArray())
            {
                var count = entry[1].GetInt32();
                found[entry[0].GetString()!] = all[at..(at + count)];
                at += count;
            }
            return found;
        }
    }

    /// <summary>The detections of each picture, by falling score.</summary>
    public IReadOnlyList<DetectedObject[]> Detections =>
    [
        .. _expected.GetProperty("detections").EnumerateArray().Select(picture =>
            picture.GetProperty("scores").EnumerateArray().Select((score, i) => new DetectedObject(
                BoxOf(picture.GetProperty("boxes")[i]), picture.GetProperty("labels")[i].GetInt32(),
                (float)score.GetDouble())).ToArray()),
    ];

    /// <summary>The import that all exports have in common.</summary>
    public static DetectorImport Import(DetectionHead? head, string classes, string boxes) => new()
    {
        ClassOutput = classes, BoxOutput = boxes, Classes = Classes, Head = head,
        Normalization = Normalization.Centered,
    };

    public static IReadOnlyList<RgbImage> Decoded()
    {
        using var decoder = new ImageDecoder();
        return [.. Pictures.Images.Select(image => decoder.Decode(File.ReadAllBytes(image.Path), image.Path))];
    }

    /// <summary>Trains with the pictures in their order, all in one batch, and no weight decay.</summary>
    public static FineTuneResult Train(DetectorModel detector, int epochs, float rate, Optimizer? optimizer = null,
        DetectionDataset? pictures = null, int batch = 4) => new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, Epochs = epochs, BatchSize = batch, LearningRate = rate, WarmUpEpochs = 0,
            Optimizer = optimizer ?? new AdamW { WeightDecay = 0 }, Sampler = new SmallRun.InOrder(),
        }).Train(new DetectionDataView(pictures ?? Pictures));

    private static Box BoxOf(JsonElement json) => new(
        (float)json[0].GetDouble(), (float)json[1].GetDouble(), (float)json[2].GetDouble(), (float)json[3].GetDouble());
}
