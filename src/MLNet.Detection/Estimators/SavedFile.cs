using System.Text.Json;
using MLNet.Detection.Images;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Estimators;

/// <summary>An ONNX file as a text in an ML.NET model file.</summary>
internal static class SavedFile
{
    private const string DecodingEntry = "detection_mlnet.decoding";

    /// <summary>The ONNX file with its metadata and the way that pictures are decoded, in base 64.</summary>
    public static string ToText(OnnxModel file, ImageDecoderOptions decoding)
    {
        file.Proto.MetadataProps.Add(new StringStringEntryProto
        {
            Key = DecodingEntry, Value = JsonSerializer.Serialize(decoding),
        });
        return Convert.ToBase64String(file.ToBytes());
    }

    /// <summary>The file, and how pictures are decoded.</summary>
    public static (OnnxModel File, ImageDecoderOptions Decoding) Read(ReadOnlyMemory<char> text)
    {
        var proto = ModelProto.Parser.ParseFrom(Convert.FromBase64String(text.ToString()));
        var entry = proto.MetadataProps.FirstOrDefault(entry => entry.Key == DecodingEntry);
        return (new(proto), entry is null ? new() : JsonSerializer.Deserialize<ImageDecoderOptions>(entry.Value)!);
    }
}
