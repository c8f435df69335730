using System.Buffers.Binary;

namespace MLNet.Detection.Images;

/// <summary>Reads the orientation out of EXIF data: entry 274 of the first directory of a TIFF file.</summary>
internal static class Exif
{
    private const int OrientationTag = 274, EntryLength = 12;

    /// <summary>Of a JPEG's APP1 segment; null where it holds something else.</summary>
    public static ImageOrientation? OrientationOfJpeg(ReadOnlySpan<byte> segment) =>
        segment.StartsWith("Exif\0\0"u8) ? Orientation(segment[6..]) : null;

    /// <summary>Of a TIFF file; null where it says nothing, or nothing that can be read.</summary>
    public static ImageOrientation? Orientation(ReadOnlySpan<byte> tiff)
    {
        var little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM\0*"u8)))
            return null;
        var directory = little
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return null;
        var entries = tiff[((int)directory + 2)..];
        for (var count = Word(tiff[(int)directory..], little); count > 0 && entries.Length >= EntryLength; count--)
        {
            if (Word(entries, little) == OrientationTag)
                return Word(entries[8..], little) is >= 1 and <= 8 and var value ? (ImageOrientation)value : null;
            entries = entries[EntryLength..];
        }
        return null;
    }

    private static int Word(ReadOnlySpan<byte> bytes, bool little) => little
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
