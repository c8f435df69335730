using System.Text.Json;
using MLNet.Detection.Images;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Networks;

/// <summary>The entries that this library writes into a file's metadata.</summary>
internal sealed class MetadataEntries(OnnxModel model)
{
    public const string Prefix = "detection_mlnet.", ImageKey = "image_value", InputKey = "input_normalization",
        NormalizationKey = "normalization", SegmentationKey = "segmentation", DecoderKey = "decoder";

    // Of two entries with one key the last counts.
    private readonly Dictionary<string, string> _texts = model.Proto.MetadataProps.GroupBy(entry => entry.Key)
        .ToDictionary(group => group.Key, group => group.Last().Value);

    private readonly HashSet<string> _values = [.. model.ValueNames];

    public bool Has(string key) => _texts.ContainsKey(Prefix + key);

    public string Value(string key) => Parsed(key, name =>
        _values.Contains(name) ? name : throw new FormatException($"there is no value '{name}'"));

    public T Json<T>(string key) =>
        Parsed(key, text => JsonSerializer.Deserialize<T>(text) ?? throw new FormatException("null"));

    public T Parsed<T>(string key, Func<string, T> parse)
    {
        var text = _texts.GetValueOrDefault(Prefix + key) ?? throw new ModelException(Missing(key));
        try
        {
            return parse(text);
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException
            or NotSupportedException)
        {
            throw new ModelException(
                $"{model.Path}: the metadata entry '{Prefix + key}' is damaged ({error.Message}); "
                + "save the model again.", error);
        }
    }

    // A network of the other kind is told by the entries that only such have.
    private string Missing(string key) => $"{model.Path}: " + (key != SegmentationKey && Has(SegmentationKey)
        ? "it is a segmentation network, and a detector is wanted; SegmenterModel and LoadSegmenter take it, or predict, evaluate and "
            + "quantize."
        : key == SegmentationKey && Has(DecoderKey)
        ? "it is a detector, and a segmentation network is wanted; DetectorModel and LoadDetector take it, or train --task detect."
        : $"the metadata entry '{Prefix + key}' is missing; only files saved by this library can be loaded without naming outputs and "
            + "anchors.");

    /// <summary>What the model's input takes, where an entry says it.</summary>
    public static Normalization? Pixels(OnnxModel model)
    {
        var entries = new MetadataEntries(model);
        return entries.Has(InputKey) ? entries.Json<Normalization>(InputKey)
            : entries.Has(NormalizationKey) && !entries.Has(ImageKey) ? entries.Json<Normalization>(NormalizationKey)
            : null;
    }

    /// <summary>Writes what all networks have.</summary>
    public static void Write(OnnxModel copy, PictureNetwork network)
    {
        SetOwn(copy, "classes", JsonSerializer.Serialize(network.Classes));
        SetOwn(copy, "resize", JsonSerializer.Serialize(network.Resize));
        SetOwn(copy, NormalizationKey, JsonSerializer.Serialize(network.Normalization));
        if (network.ImageValue is { } image)
            SetOwn(copy, ImageKey, image);
        if (network.InputNormalization is { } input)
            SetOwn(copy, InputKey, JsonSerializer.Serialize(input));
    }

    /// <summary>Writes an entry of this library.</summary>
    public static void SetOwn(OnnxModel model, string key, string value) => Set(model, Prefix + key, value);

    /// <summary>Writes an entry.</summary>
    public static void Set(OnnxModel model, string key, string value)
    {
        var entries = model.Proto.MetadataProps;
        var entry = entries.LastOrDefault(e => e.Key == key);   // of two with one key the last counts
        if (entry is null)
            entries.Add(entry = new StringStringEntryProto { Key = key });
        entry.Value = value;
    }
}
