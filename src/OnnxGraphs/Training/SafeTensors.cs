using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>
/// Float vectors in a safetensors file: 8 bytes of header length, a JSON header, raw values.
/// Format: https://github.com/huggingface/safetensors.
/// </summary>
internal static class SafeTensors
{
    private const string MetadataKey = "__metadata__";

    public static void Write(
        string path, IReadOnlyList<StoredVector> vectors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = Header(vectors, metadata);
        var temporary = path + ".tmp";
        try
        {
            using (var stream = File.Create(temporary))
                Write(stream, Encoding.UTF8.GetBytes(header.ToJsonString()), vectors);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Path.Exists(temporary))
                File.Delete(temporary);
            throw new ModelException(
                $"{path}: the checkpoint cannot be written ({error.Message}); check the folder and the free space.",
                error);
        }
    }

    public static (Dictionary<string, float[]> Vectors, Dictionary<string, string> Metadata) Read(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"{path}: no such checkpoint; check the path.");
        try
        {
            var bytes = File.ReadAllBytes(path);
            var length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
            var header = Given(JsonNode.Parse(bytes.AsSpan(8, length)), "the header").AsObject();
            var data = bytes.AsMemory(8 + length);
            var metadata = Given(header[MetadataKey], MetadataKey).AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!);
            // Vectors may not overlap: a short list of them cannot ask for the same numbers again and again.
            if (header.Where(pair => pair.Key != MetadataKey).Sum(pair => Bytes(Given(pair.Value, pair.Key))) > data.Length)
                throw new FormatException("its vectors overlap, or are longer than the file");
            var vectors = header.Where(pair => pair.Key != MetadataKey)
                .ToDictionary(pair => pair.Key, pair => Values(pair.Value!, data));
            return (vectors, metadata);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                $"{path}: the checkpoint cannot be read ({error.Message}); check the file's permissions.", error);
        }
        catch (Exception error) when (
            error is JsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new ModelException(
                $"{path}: not a complete checkpoint ({error.Message}); resume from another one.", error);
        }
    }

    private static JsonObject Header(
        IReadOnlyList<StoredVector> vectors, IReadOnlyDictionary<string, string> metadata)
    {
        var notes = metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value));
        var (header, offset) = (new JsonObject { [MetadataKey] = new JsonObject(notes) }, 0L);
        foreach (var (name, length, _) in vectors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray(length),
                ["data_offsets"] = new JsonArray(offset, offset + 4 * length),
            };
            offset += 4 * length;
        }
        return header;
    }

    private static void Write(Stream stream, byte[] header, IEnumerable<StoredVector> vectors)
    {
        // Values start at a multiple of 8: pad the header with blanks.
        var padding = (8 - header.Length % 8) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        stream.Write(length);
        stream.Write(header);
        for (var i = 0; i < padding; i++)
            stream.WriteByte((byte)' ');
        foreach (var vector in vectors)
            vector.Look(values => stream.Write(MemoryMarshal.AsBytes(values)));
    }

    private static long Bytes(JsonNode entry) =>
        Math.Max(0, (long)Given(entry["data_offsets"]?[1], "an end") - (long)Given(entry["data_offsets"]?[0], "a start"));

    private static float[] Values(JsonNode entry, ReadOnlyMemory<byte> data)
    {
        var (start, end) = ((int)entry["data_offsets"]![0]!, (int)entry["data_offsets"]![1]!);
        return (string?)entry["dtype"] == "F32" ? MemoryMarshal.Cast<byte, float>(data.Span[start..end]).ToArray()
            : throw new FormatException($"element type {(string?)entry["dtype"]}, expected F32");
    }

    // Never left to a NullReferenceException: docs/runtime.md says what one may cost.
    private static JsonNode Given(JsonNode? node, string what) => node ?? throw new FormatException($"{what} is missing");
}
