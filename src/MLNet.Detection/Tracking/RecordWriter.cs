using System.Buffers.Binary;
using System.Numerics;

namespace MLNet.Detection.Tracking;

/// <summary>
/// TensorFlow's record file: for each record its length (8 bytes, little end first), a checksum of that, its bytes, and
/// a checksum of these. Checksums are CRC-32C (Castagnoli), turned and moved so that a checksum of bytes that hold one
/// is no trivial number. https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
/// </summary>
internal sealed class RecordWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">It cannot be made, or is there already.</exception>
    public RecordWriter(string path) =>
        (_path, _file) = (path, new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));

    /// <summary>Appends a record; whoever reads the file sees it at once, whole.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(ReadOnlySpan<byte> record)
    {
        var bytes = new byte[record.Length + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Masked(bytes.AsSpan(0, 8)));
        record.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12 + record.Length), Masked(record));
        try
        {
            _file.Write(bytes);
            _file.Flush();
        }
        catch (IOException error)
        {
            throw new IOException($"{_path}: the events cannot be written ({error.Message}); check the free space.", error);
        }
    }

    /// <summary>((crc &gt;&gt; 15) | (crc &lt;&lt; 17)) + 0xa282ead8.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8u);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
