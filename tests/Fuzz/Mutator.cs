using System.Text;

namespace MLNet.Detection.Fuzz;

/// <summary>Damages bytes by chance: bits and numbers changed, parts cut, doubled, exchanged, or put in from a list of
/// what readers fear.</summary>
/// <param name="random">The only source of chance.</param>
internal sealed class Mutator(Random random)
{
    private static readonly byte[][] Feared =
    [
        .. new[]
        {
            "-1", "0", "1e999", "-1e999", "NaN", "null", "[]", "{}", "\"\"", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "2147483648", "4294967295", "18446744073709551616", "0.0000000000000001", "true",
            "../../../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "\0", "%00", "\ud83d\ude00", "\u202e",
            "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]>&d;", "]]>", "&#0;", "&lt;", "\r\n", "\"", "\\", ",", ":", "\t",
            new string('[', 3000), new string('{', 40), string.Concat(Enumerable.Repeat("{\"a\":", 1500)), new string('9', 400),
            "{a: &x [1], b: *x}", "!!binary x", "- - - - -", "? :",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xff, 0xff, 0xff], [0x00, 0x00, 0x00, 0x80], [0xff, 0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0xfe, 0xff], [0xef, 0xbb, 0xbf], [0xc0, 0x80], [0xed, 0xa0, 0x80],
    ];

    /// <summary>One to eight damages of a copy.</summary>
    public byte[] Damaged(byte[] bytes, byte[] other)
    {
        for (var left = 1 << random.Next(4); left > 0; left--)
            bytes = Once(bytes, other);
        return bytes;
    }

    private byte[] Once(byte[] bytes, byte[] other)
    {
        var (from, length) = Part(bytes);
        return random.Next(9) switch
        {
            0 => Changed(bytes, 1 + random.Next(4), value => (byte)(value ^ (1 << random.Next(8)))),
            1 => Changed(bytes, 1 + random.Next(8), _ => (byte)random.Next(256)),
            2 => Changed(bytes, 1, value => (byte)(random.Next(2) == 0 ? value + 1 : value - 1)),
            3 => bytes[..from],
            4 => [.. bytes[..from], .. bytes[(from + length)..]],
            5 => [.. bytes[..(from + length)], .. bytes[from..]],
            6 => Put(bytes, from, Feared[random.Next(Feared.Length)], random.Next(2) == 0),
            7 when Part(other) is var (start, size) => Put(bytes, from, other[start..(start + size)], random.Next(2) == 0),
            _ => Digits(bytes),
        };
    }

    private byte[] Changed(byte[] bytes, int times, Func<byte, byte> change)
    {
        byte[] copy = [.. bytes];
        for (var i = 0; i < times && copy.Length > 0; i++)
        {
            var place = random.Next(copy.Length);
            copy[place] = change(copy[place]);
        }
        return copy;
    }

    // A number in a text becomes another one.
    private byte[] Digits(byte[] bytes)
    {
        var places = Enumerable.Range(0, Math.Min(bytes.Length, 4000)).Where(i => bytes[i] is >= (byte)'0' and <= (byte)'9').ToArray();
        if (places.Length == 0)
            return Changed(bytes, 4, _ => 0xff);
        var place = places[random.Next(places.Length)];
        return Put(bytes, place, Feared[random.Next(16)], true);
    }

    private static byte[] Put(byte[] bytes, int from, byte[] what, bool over) => bytes.Length > 1 << 20 ? bytes
        : [.. bytes[..from], .. what, .. bytes[(over ? Math.Min(bytes.Length, from + what.Length) : from)..]];

    private (int From, int Length) Part(byte[] bytes)
    {
        var from = random.Next(bytes.Length + 1);
        return (from, random.Next(Math.Min(bytes.Length - from, 200) + 1));
    }
}
