using System.Runtime.InteropServices;
using System.Text.Json;
using MLNet.Detection.Boxes;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>The metadata entries of a saved detector.</summary>
internal static class DetectorMetadata
{
    private const string Prefix = "detection_mlnet.", HeadKey = "head", ImageKey = "image_value",
        InputKey = "input_normalization", NormalizationKey = "normalization";
    private static readonly string[] Keys =
        ["class_value", "box_value", "classes", "anchors", "resize", NormalizationKey, "decoder", HeadKey];

    /// <summary>A copy of the detector's model in the form that its file came in, with all entries; lists of class names
    /// that other programs read are those of the detector's classes.</summary>
    public static OnnxModel Attach(DetectorModel detector)
    {
        var copy = PluginTail.WithClasses(FileForm.Close(detector.Model).Clone(), detector.Classes.Count);
        string[] values =
        [
            detector.ClassValue, detector.BoxValue, JsonSerializer.Serialize(detector.Classes),
            Convert.ToBase64String(MemoryMarshal.AsBytes<Box>(detector.Anchors.ToArray())),
            JsonSerializer.Serialize(detector.Resize), JsonSerializer.Serialize(detector.Normalization),
            JsonSerializer.Serialize(detector.Decoder), JsonSerializer.Serialize(detector.Head),
        ];
        foreach (var list in ClassNameList.Of(copy).ToList())
            Set(copy.Proto, list.Key, list.With(detector.Classes));
        foreach (var (key, value) in Keys.Zip(values))
            Set(copy.Proto, Prefix + key, value);
        if (detector.ImageValue is { } image)
            Set(copy.Proto, Prefix + ImageKey, image);
        if (detector.InputNormalization is { } input)
            Set(copy.Proto, Prefix + InputKey, JsonSerializer.Serialize(input));
        return copy;
    }

    /// <summary>The detector that the entries of a model describe.</summary>
    /// <exception cref="ModelException">An entry is missing or damaged.</exception>
    public static DetectorModel Read(OnnxModel model)
    {
        var entries = new Entries(model);
        var open = FileForm.Open(model, Size(entries));
        var detector = new DetectorModel
        {
            Model = open,
            ScoresWholeNumbers = IntegerForm.IsOpen(open),
            ClassValue = entries.Value("class_value"),
            BoxValue = entries.Value("box_value"),
            Classes = entries.Json<string[]>("classes"),
            Anchors = entries.Parsed("anchors", Boxes),
            Resize = entries.Json<ImageResize>("resize"),
            Normalization = entries.Json<Normalization>(NormalizationKey),
            Decoder = entries.Json<DetectionDecoder>("decoder"),
            ImageValue = entries.Has(ImageKey) ? entries.Value(ImageKey) : null,
            InputNormalization = entries.Has(InputKey) ? entries.Json<Normalization>(InputKey) : null,
        };
        // Files of the time when anchors were all that a head could have do not name it.
        return entries.Has(HeadKey) ? Checked(detector with { Head = entries.Json<DetectionHead>(HeadKey) }) : detector;
    }

    /// <summary>What the model's input takes, where an entry says it.</summary>
    public static Normalization? Normalization(OnnxModel model)
    {
        var entries = new Entries(model);
        return entries.Has(InputKey) ? entries.Json<Normalization>(InputKey)
            : entries.Has(NormalizationKey) && !entries.Has(ImageKey) ? entries.Json<Normalization>(NormalizationKey)
            : null;
    }

    private static (int Width, int Height) Size(Entries entries)
    {
        var resize = entries.Json<ImageResize>("resize");
        return (resize.Width, resize.Height);
    }

    private static DetectorModel Checked(DetectorModel detector)
    {
        var (names, entry) = (detector.Model.ValueNames.ToHashSet(), $"the metadata entry '{Prefix}{HeadKey}'");
        if (!detector.Head.FitsAnchors(detector.Anchors.Count))
            throw new ModelException($"{detector.Model.Path}: {entry} is damaged (its levels do not fit "
                + $"{detector.Anchors.Count} anchors); save the detector again.");
        return detector.RawValues.FirstOrDefault(name => !names.Contains(name)) is not { } missing ? detector
            : throw new ModelException($"{detector.Model.Path}: {entry} names the value '{missing}', which is not "
                + "there; save the detector again.");
    }

    private static Box[] Boxes(string text)
    {
        var bytes = Convert.FromBase64String(text);
        return bytes.Length > 0 && bytes.Length % 16 == 0 ? MemoryMarshal.Cast<byte, Box>(bytes).ToArray()
            : throw new FormatException($"{bytes.Length} bytes are no list of boxes");
    }

    private static void Set(ModelProto model, string key, string value)
    {
        var entry = model.MetadataProps.LastOrDefault(e => e.Key == key);   // of two with one key the last counts
        if (entry is null)
            model.MetadataProps.Add(entry = new StringStringEntryProto { Key = key });
        entry.Value = value;
    }

    private sealed class Entries(OnnxModel model)
    {
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
            var text = _texts.GetValueOrDefault(Prefix + key) ?? throw new ModelException(
                $"{model.Path}: the metadata entry '{Prefix + key}' is missing; only files saved by this library can "
                + "be loaded without naming outputs and anchors.");
            try
            {
                return parse(text);
            }
            catch (Exception error) when (error is JsonException or FormatException or ArgumentException
                or NotSupportedException)
            {
                throw new ModelException(
                    $"{model.Path}: the metadata entry '{Prefix + key}' is damaged ({error.Message}); "
                    + "save the detector again.", error);
            }
        }
    }
}
