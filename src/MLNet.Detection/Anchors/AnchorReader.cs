using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MLNet.Detection.Anchors;

// The numbers of an anchor file, four an anchor, whatever they mean.
internal static class AnchorReader
{
    public static float[] Read(string path)
    {
        var numbers = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".bin" => ReadBinary(path),
            ".csv" => ReadLines(path),
            ".json" => ReadJson(path),
            _ => throw UnknownExtension(path),
        };
        return numbers.Length > 0 ? numbers : throw new InvalidDataException($"The anchor file '{path}' is empty.");
    }

    private static float[] ReadBinary(string path)
    {
        RequireLittleEndian();
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length % 16 != 0)
            throw new InvalidDataException(
                $"The anchor file '{path}' has {bytes.Length} bytes, not a multiple of 16 (four float32 an anchor). "
                + "It is truncated, or not an anchor file.");
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private static float[] ReadLines(string path)
    {
        var numbers = new List<float>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var fields = line.Split(',');
            if (fields.Length != 4)
                throw new InvalidDataException(
                    $"'{path}', line {index + 1}: {fields.Length} fields found, 4 expected: '{line}'.");
            foreach (var field in fields)
                numbers.Add(float.TryParse(field, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new InvalidDataException($"'{path}', line {index + 1}: '{field}' is not a number."));
        }
        return [.. numbers];
    }

    private static float[] ReadJson(string path)
    {
        float[][]? rows;
        try
        {
            rows = JsonSerializer.Deserialize<float[][]>(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"The anchor file '{path}' is not a JSON array of arrays of four numbers: {error.Message}", error);
        }
        foreach (var (index, row) in (rows ?? []).Index())
            if (row is not { Length: 4 })
                throw new InvalidDataException(
                    $"'{path}', anchor {index}: {row?.Length ?? 0} numbers found, 4 expected.");
        return [.. (rows ?? []).SelectMany(row => row)];
    }

    public static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("A .bin file is little endian; use .csv or .json on this machine.");
    }

    public static ArgumentException UnknownExtension(string path) =>
        new($"The anchor file '{path}' has the extension '{Path.GetExtension(path)}'; .bin, .csv or .json expected.");
}
