using System.Text.Json;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Segmentation;

/// <summary>The metadata entries of a saved segmentation network.</summary>
internal static class SegmenterMetadata
{
    private const string Key = MetadataEntries.SegmentationKey;

    /// <summary>Whether a file was saved as one.</summary>
    public static bool IsIn(OnnxModel model) => new MetadataEntries(model).Has(Key);

    /// <summary>A copy of the model in the form that its file came in, with all entries.</summary>
    public static OnnxModel Attach(SegmenterModel model)
    {
        var copy = FileForm.Close(model.Model).Clone();
        foreach (var list in ClassNameList.Of(copy).ToList())
            MetadataEntries.Set(copy, list.Key, list.With(model.Classes));
        MetadataEntries.Write(copy, model);
        MetadataEntries.SetOwn(copy, Key, JsonSerializer.Serialize(new Entry(model.MapValue, model.ChannelsLast,
            model.Activation, model.BackgroundChannel, model.Crops, model.Threshold, model.Tiling)));
        return copy;
    }

    /// <summary>The network that the entries of a model describe.</summary>
    /// <exception cref="ModelException">An entry is missing or damaged.</exception>
    public static SegmenterModel Read(OnnxModel model)
    {
        var entries = new MetadataEntries(model);
        var (entry, resize) = (entries.Json<Entry>(Key), entries.Json<ImageResize>("resize"));
        var open = FileForm.Open(model, (resize.Width, resize.Height));
        if (!open.ValueNames.Contains(entry.MapValue))
            throw new ModelException($"{model.Path}: the metadata entry '{MetadataEntries.Prefix}{Key}' names the value "
                + $"'{entry.MapValue}', which is not there; save the model again.");
        return new()
        {
            Model = open, ScoresWholeNumbers = IntegerForm.IsOpen(open), Warnings = PairSums.Warnings(model), MapValue = entry.MapValue,
            ChannelsLast = entry.ChannelsLast, Activation = entry.Activation, BackgroundChannel = entry.BackgroundChannel,
            Crops = entry.Crops, Threshold = entry.Threshold, Tiling = entry.Tiling,
            Classes = entries.Json<string[]>("classes"), Resize = resize,
            Normalization = entries.Json<Normalization>(MetadataEntries.NormalizationKey),
            ImageValue = entries.Has(MetadataEntries.ImageKey) ? entries.Value(MetadataEntries.ImageKey) : null,
            InputNormalization = entries.Has(MetadataEntries.InputKey)
                ? entries.Json<Normalization>(MetadataEntries.InputKey) : null,
        };
    }

    private sealed record Entry(string MapValue, bool ChannelsLast, MapActivation Activation, int? BackgroundChannel,
        bool Crops, float Threshold, Tiling? Tiling);
}
