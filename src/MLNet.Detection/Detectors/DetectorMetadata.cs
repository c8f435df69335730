using System.Text.Json;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Detectors;

/// <summary>The metadata entries of a saved detector.</summary>
internal static class DetectorMetadata
{
    private const string HeadKey = "head";
    private static readonly string[] Keys =
        ["class_value", "box_value", "anchors", "decoder", HeadKey];

    /// <summary>A copy of the detector's model in the form that its file came in, with all entries; lists of class names
    /// that other programs read are those of the detector's classes.</summary>
    public static OnnxModel Attach(DetectorModel detector)
    {
        var copy = PluginTail.WithClasses(FileForm.Close(detector.Model).Clone(), detector.Classes.Count);
        string[] values =
        [
            detector.ClassValue, detector.BoxValue,
            AnchorText.Write(detector.Anchors), JsonSerializer.Serialize(detector.Decoder),
            JsonSerializer.Serialize(detector.Head),
        ];
        foreach (var list in ClassNameList.Of(copy).ToList())
            MetadataEntries.Set(copy, list.Key, list.With(detector.Classes));
        foreach (var (key, value) in Keys.Zip(values))
            MetadataEntries.SetOwn(copy, key, value);
        MetadataEntries.Write(copy, detector);
        return copy;
    }

    /// <summary>The detector that the entries of a model describe.</summary>
    /// <exception cref="ModelException">An entry is missing or damaged.</exception>
    public static DetectorModel Read(OnnxModel model)
    {
        var open = FileForm.Open(model, Size(new(model)));
        var entries = new MetadataEntries(open);
        var detector = new DetectorModel
        {
            Model = open,
            ScoresWholeNumbers = IntegerForm.IsOpen(open),
            Warnings = PairSums.Warnings(model),
            ClassValue = entries.Value("class_value"),
            BoxValue = entries.Value("box_value"),
            Classes = entries.Json<string[]>("classes"),
            Anchors = entries.Parsed("anchors", AnchorText.Read),
            Resize = entries.Json<ImageResize>("resize"),
            Normalization = entries.Json<Normalization>(MetadataEntries.NormalizationKey),
            Decoder = entries.Json<DetectionDecoder>("decoder"),
            ImageValue = entries.Has(MetadataEntries.ImageKey) ? entries.Value(MetadataEntries.ImageKey) : null,
            InputNormalization = entries.Has(MetadataEntries.InputKey) ? entries.Json<Normalization>(MetadataEntries.InputKey) : null,
        };
        // Files of the time when anchors were all that a head could have do not name it.
        return entries.Has(HeadKey) ? Checked(detector with { Head = entries.Json<DetectionHead>(HeadKey) }) : detector;
    }

    private static (int Width, int Height) Size(MetadataEntries entries)
    {
        var resize = entries.Json<ImageResize>("resize");
        return (resize.Width, resize.Height);
    }

    private static DetectorModel Checked(DetectorModel detector)
    {
        var (names, entry) = (detector.Model.ValueNames.ToHashSet(), $"the metadata entry '{MetadataEntries.Prefix}{HeadKey}'");
        if (!detector.Head.FitsAnchors(detector.Anchors.Count))
            throw new ModelException($"{detector.Model.Path}: {entry} is damaged (its levels do not fit "
                + $"{detector.Anchors.Count} anchors); save the detector again.");
        return detector.RawValues.FirstOrDefault(name => !names.Contains(name)) is not { } missing ? detector
            : throw new ModelException($"{detector.Model.Path}: {entry} names the value '{missing}', which is not "
                + "there; save the detector again.");
    }
}
