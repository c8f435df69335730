using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace MLNet.Detection.Tests.Training;

/// <summary>Arrays of an .npz file: a zip of .npy files, each a header in Python's notation and raw values.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.</summary>
internal sealed class NumpyArchive
{
    private readonly Dictionary<string, (string Type, long[] Shape, byte[] Data)> _arrays = [];

    public NumpyArchive(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            using var stream = new MemoryStream();
            using (var compressed = entry.Open())
                compressed.CopyTo(stream);
            _arrays[entry.Name[..^".npy".Length]] = Parse(stream.ToArray());
        }
    }

    public IEnumerable<string> Names => _arrays.Keys;

    public string Type(string name) => _arrays[name].Type;

    public long[] Shape(string name) => _arrays[name].Shape;

    public byte[] Bytes(string name) => _arrays[name].Data;

    public T[] Values<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_arrays[name].Data).ToArray();

    private static (string, long[], byte[]) Parse(byte[] bytes)
    {
        // 6 bytes of magic, 2 of version, 2 (version 1) of header length.
        var length = BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, length);
        var type = Regex.Match(header, "'descr': '([^']+)'").Groups[1].Value;
        var shape = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value.Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("'fortran_order': False", header);
        return (type, [.. shape.Select(long.Parse)], bytes[(10 + length)..]);
    }
}
