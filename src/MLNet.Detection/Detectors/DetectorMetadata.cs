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
    private static readonly string[] Keys =
        ["class_value", "box_value", "classes", "anchors", "resize", "normalization", "decoder"];

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
        var entries = model.Proto.MetadataProps.GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, group => group.Last().Value);
        string Entry(string key) => entries.GetValueOrDefault(Prefix + key) ?? throw new ModelException(
            $"{model.Path}: the metadata entry '{Prefix + key}' is missing; only files saved by this library can be "
            + "loaded without naming outputs and anchors.");
        T Json<T>(string key) =>
            Parsed(key, text => JsonSerializer.Deserialize<T>(text) ?? throw new FormatException("null"));
        T Parsed<T>(string key, Func<string, T> parse)
        {
            var text = Entry(key);
            try
            {
                return parse(text);
            }
            catch (Exception error) when (error is JsonException or FormatException or ArgumentException)
            {
                throw new ModelException(
                    $"{model.Path}: the metadata entry '{Prefix + key}' is damaged ({error.Message}); "
                    + "save the detector again.", error);
            }
        }
        var known = model.ValueNames.ToHashSet();
        string Value(string key) =>
            Parsed(key, name => known.Contains(name) ? name : throw new FormatException($"there is no value '{name}'"));
        return new()
        {
            Model = model,
            ClassValue = Value("class_value"),
            BoxValue = Value("box_value"),
            Classes = Json<string[]>("classes"),
            Anchors = Parsed("anchors", Boxes),
            Resize = Json<ImageResize>("resize"),
            Normalization = Json<Normalization>("normalization"),
            Decoder = Json<DetectionDecoder>("decoder"),
        };
    }

    private static Box[] Boxes(string text)
    {
        var bytes = Convert.FromBase64String(text);
        return bytes.Length > 0 && bytes.Length % 16 == 0 ? MemoryMarshal.Cast<byte, Box>(bytes).ToArray()
            : throw new FormatException($"{bytes.Length} bytes are no list of boxes");
    }

    private static void Set(ModelProto model, string key, string value)
    {
        var entry = model.MetadataProps.FirstOrDefault(e => e.Key == key);
        if (entry is null)
            model.MetadataProps.Add(entry = new StringStringEntryProto { Key = key });
        entry.Value = value;
    }
}
