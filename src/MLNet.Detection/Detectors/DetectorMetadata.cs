using System.Runtime.InteropServices;
using System.Text.Json;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Detectors;

/// <summary>The metadata entries of a saved detector.</summary>
internal static class DetectorMetadata
{
    private const string Prefix = "detection_mlnet.";
    private static readonly string[] Keys = ["class_value", "box_value", "classes", "anchors", "resize", "normalization", "decoder"];

    /// <summary>A copy of the detector's model with all entries.</summary>
    public static OnnxModel Attach(DetectorModel detector)
    {
        var copy = detector.Model.Clone();
        string[] values =
        [
            detector.ClassValue, detector.BoxValue, JsonSerializer.Serialize(detector.Classes),
            Convert.ToBase64String(MemoryMarshal.AsBytes<Box>(detector.Anchors.ToArray())),
            JsonSerializer.Serialize(detector.Resize), JsonSerializer.Serialize(detector.Normalization),
            JsonSerializer.Serialize(detector.Decoder),
        ];
        foreach (var (key, value) in Keys.Zip(values))
            Set(copy.Proto, Prefix + key, value);
        return copy;
    }

    public static DetectorModel Read(OnnxModel model)
    {
        var entries = model.Proto.MetadataProps.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        string Entry(string key) => entries.GetValueOrDefault(Prefix + key) ?? throw new ModelException(
            $"{model.Path}: the metadata entry '{Prefix + key}' is missing; only files saved by this library can be loaded "
            + "without naming outputs and anchors.");
        T Json<T>(string key) => JsonSerializer.Deserialize<T>(Entry(key))!;
        try
        {
            return new()
            {
                Model = model,
                ClassValue = Entry("class_value"),
                BoxValue = Entry("box_value"),
                Classes = Json<string[]>("classes"),
                Anchors = MemoryMarshal.Cast<byte, Box>(Convert.FromBase64String(Entry("anchors"))).ToArray(),
                Resize = Json<ImageResize>("resize"),
                Normalization = Json<Normalization>("normalization"),
                Decoder = Json<DetectionDecoder>("decoder"),
            };
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new ModelException($"{model.Path}: its metadata is damaged ({error.Message}); export the model again.", error);
        }
    }

    private static void Set(ModelProto model, string key, string value)
    {
        var entry = model.MetadataProps.FirstOrDefault(e => e.Key == key);
        if (entry is null)
            model.MetadataProps.Add(entry = new StringStringEntryProto { Key = key });
        entry.Value = value;
    }
}
