using System.Runtime.InteropServices;
using System.Text.Json;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Sampling;

namespace MLNet.Detection.Tests.Heads;

/// <summary>
/// What tests/Exports/two_stage.py wrote: small two-stage detectors with random weights, and for each the loss terms
/// of five
/// steps of gradient descent and the gradients of the first in float64, with all anchors and regions in the loss.
/// </summary>
internal sealed class TwoStageExport(string name)
{
    // Of some files nothing is compared but what they do.
    private readonly Lazy<JsonElement> _expected = new(() =>
        JsonDocument.Parse(File.ReadAllBytes(References.PathOf("two_stage", name + ".json"))).RootElement);

    public string Path { get; } = References.PathOf("two_stage", name + ".onnx");

    public float Rate => _expected.Value.GetProperty("rate").GetSingle();

    /// <summary>The loss terms of each step.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> History =>
    [
        .. _expected.Value.GetProperty("history").EnumerateArray().Select(step => step.EnumerateObject()
            .ToDictionary(term => term.Name, term => term.Value.GetDouble())),
    ];

    /// <summary>The gradient of each parameter in the first step.</summary>
    public IReadOnlyDictionary<string, float[]> Gradients => Numbers("gradients");

    /// <summary>Each parameter after the last step.</summary>
    public IReadOnlyDictionary<string, float[]> After => Numbers("after");

    public DetectorModel Load(IReadOnlyList<string>? classes = null) => new DetectorImport
    {
        Classes = classes ?? HeadExport.Classes, ImageSize = (64, 64),
    }.Load(Path);

    /// <summary>With all anchors and regions in the loss: samples are larger than what there is.</summary>
    public DetectorModel LoadForEverything()
    {
        var detector = Load();
        return detector with
        {
            Head = (TwoStageHead)detector.Head with
            {
                Regions = 1200, PositiveFraction = 1, AnchorSampler = new RandomSampler(100_000),
            },
        };
    }

    private Dictionary<string, float[]> Numbers(string file)
    {
        var all = MemoryMarshal.Cast<byte, float>(
            File.ReadAllBytes(References.PathOf("two_stage", $"{name}.{file}.bin"))).ToArray();
        var (found, at) = (new Dictionary<string, float[]>(), 0);
        foreach (var entry in _expected.Value.GetProperty("parameters").EnumerateArray())
        {
            var count = entry[1].GetInt32();
            found[entry[0].GetString()!] = all[at..(at + count)];
            at += count;
        }
        return found;
    }
}
