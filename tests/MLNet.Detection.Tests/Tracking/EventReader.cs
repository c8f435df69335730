using System.Buffers.Binary;
using System.Text;

namespace MLNet.Detection.Tests.Tracking;

/// <summary>
/// Reads files of events by the formats' descriptions, with none of the writer's code: records whose checksums are
/// computed bit by bit, and protobuf messages as fields by number.
/// </summary>
internal static class EventReader
{
    public sealed record Event(double Time, long Step, string Version, IReadOnlyList<Value> Values);

    public sealed record Value(string Tag, float? Number, Image? Image, string Plugin, long Thresholds, long[] Shape, float[] Floats);

    public sealed record Image(long Width, long Height, byte[] Encoded);

    public static IReadOnlyList<Event> Read(string path) => [.. Records(File.ReadAllBytes(path)).Select(record =>
    {
        var fields = Fields(record);
        return new Event(BitConverter.Int64BitsToDouble(Number(fields, 1)), Number(fields, 2), Text(fields, 3),
            [.. fields.Where(f => f.Key == 5).SelectMany(f => Fields(f.Bytes)).Select(f => ReadValue(Fields(f.Bytes)))]);
    })];

    public static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.AreEqual(Checksum(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var record = file.AsSpan(at + 12, length);
            Assert.AreEqual(Checksum(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += 16 + length;
            yield return file[(at - 4 - length)..(at - 4)];
        }
    }

    /// <summary>The masked CRC-32C, by its polynomial 0x1EDC6F41, turned round.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78u;
        }
        crc ^= 0xFFFFFFFFu;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
    }

    private static Value ReadValue(List<(int Key, long Number, byte[] Bytes)> fields)
    {
        Image? image = null;
        if (fields.Any(f => f.Key == 4))
        {
            var own = Fields(fields.Single(f => f.Key == 4).Bytes);
            image = new(Number(own, 2), Number(own, 1), own.Single(f => f.Key == 4).Bytes);
        }
        var plugin = fields.Where(f => f.Key == 9).SelectMany(f => Fields(f.Bytes)).Where(f => f.Key == 1)
            .SelectMany(f => Fields(f.Bytes)).ToList();
        var tensor = fields.Where(f => f.Key == 8).SelectMany(f => Fields(f.Bytes)).ToList();
        var shape = tensor.Where(f => f.Key == 2).SelectMany(f => Fields(f.Bytes)).Select(f => Number(Fields(f.Bytes), 1)).ToArray();
        var floats = tensor.Where(f => f.Key == 4).SelectMany(f => f.Bytes.Chunk(4)).Select(b => BitConverter.ToSingle(b)).ToArray();
        return new(Text(fields, 1), fields.Any(f => f.Key == 2) ? BitConverter.Int32BitsToSingle((int)Number(fields, 2)) : null,
            image, Text(plugin, 1), plugin.Where(f => f.Key == 2).Select(f => Number(Fields(f.Bytes), 2)).FirstOrDefault(), shape, floats);
    }

    private static long Number(List<(int Key, long Number, byte[] Bytes)> fields, int key) =>
        fields.Where(f => f.Key == key).Select(f => f.Number).FirstOrDefault();

    private static string Text(List<(int Key, long Number, byte[] Bytes)> fields, int key) =>
        Encoding.UTF8.GetString(fields.Where(f => f.Key == key).Select(f => f.Bytes).FirstOrDefault([]));

    private static List<(int Key, long Number, byte[] Bytes)> Fields(byte[] message)
    {
        var (fields, at) = (new List<(int, long, byte[])>(), 0);
        while (at < message.Length)
        {
            var tag = Varint();
            var key = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((key, Varint(), []));
                    break;
                case 1:
                    fields.Add((key, BitConverter.ToInt64(message, at), []));
                    at += 8;
                    break;
                case 5:
                    fields.Add((key, BitConverter.ToInt32(message, at), []));
                    at += 4;
                    break;
                case 2:
                    var length = (int)Varint();
                    fields.Add((key, 0, message[at..(at + length)]));
                    at += length;
                    break;
                default:
                    Assert.Fail($"wire type {tag & 7}");
                    break;
            }
        }
        return fields;

        long Varint()
        {
            var value = 0L;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (long)(next & 127) << shift;
                if (next < 128)
                    return value;
            }
        }
    }
}
