using System.Text.Json;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>The detector that an ML.NET model file carries as text; it is prepared once, for the first row.</summary>
internal sealed class SavedScorer
{
    private const string DecodingEntry = "detection_mlnet.decoding";

    private readonly Lock _preparing = new();
    private PictureScorer? _scorer;
    private IReadOnlyList<string> _classes = [];

    /// <summary>The ONNX file with its metadata and the way that pictures are decoded, in base 64.</summary>
    public static string ToText(DetectorModel model, ImageDecoderOptions decoding)
    {
        var file = DetectorMetadata.Attach(model);
        file.Proto.MetadataProps.Add(new StringStringEntryProto
        {
            Key = DecodingEntry, Value = JsonSerializer.Serialize(decoding),
        });
        return Convert.ToBase64String(file.ToBytes());
    }

    /// <summary>The objects of a picture, and the names of the classes.</summary>
    public (IReadOnlyList<string> Classes, DetectedObject[] Found) Score(
        ReadOnlyMemory<char> file, Func<RowPicture> picture)
    {
        PictureScorer scorer;
        lock (_preparing)
            scorer = _scorer ??= Prepare(file);
        return (_classes, scorer.Score(picture));
    }

    private PictureScorer Prepare(ReadOnlyMemory<char> file)
    {
        var proto = ModelProto.Parser.ParseFrom(Convert.FromBase64String(file.ToString()));
        var entry = proto.MetadataProps.FirstOrDefault(entry => entry.Key == DecodingEntry);
        var decoding = entry is null ? new() : JsonSerializer.Deserialize<ImageDecoderOptions>(entry.Value)!;
        var model = DetectorMetadata.Read(new OnnxModel(proto));
        _classes = model.Classes;
        return new(model, 1, Device.Cpu, decoding, null);
    }
}
