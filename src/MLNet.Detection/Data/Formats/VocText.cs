using System.Text;
using System.Text.RegularExpressions;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Opens XML files in any encoding that they declare, legacy code pages such as GBK and windows-1252 included.
/// </summary>
internal static partial class VocText
{
    private const int DeclarationLength = 256;

    /// <exception cref="DatasetException">The declared encoding is not known.</exception>
    public static TextReader Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            // Strict: a byte that the encoding does not have is an error, not a question mark in a class name.
            return new StreamReader(stream, Declared(stream, path), detectEncodingFromByteOrderMarks: true);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static Encoding Declared(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[DeclarationLength];
        var length = stream.ReadAtLeast(start, DeclarationLength, throwOnEndOfStream: false);
        stream.Position = 0;
        var wide = length > 3 && (start[0] == 0 || start[1] == 0);   // UTF-16 without a byte order mark
        if (wide)
            return start[0] == 0 ? Encoding.BigEndianUnicode : Encoding.Unicode;
        var match = Declaration().Match(Encoding.Latin1.GetString(start[..length]));
        return match.Success && !IsUnicode(match.Groups[2].Value) ? Named(match.Groups[2].Value, path)
            : new UTF8Encoding(false, throwOnInvalidBytes: true);
    }

    // Of an encoding of wide characters the byte order mark decides.
    private static bool IsUnicode(string name) => name.StartsWith("utf-", StringComparison.OrdinalIgnoreCase);

    private static Encoding Named(string name, string path)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(
                name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException error)
        {
            throw new DatasetException(path, "line 1", $"the encoding \"{name}\" is not known",
                "Write the file in UTF-8.", error);
        }
    }

    [GeneratedRegex("""^(?:\xEF\xBB\xBF)?\s*<\?xml[^>]*?\bencoding\s*=\s*(["'])([A-Za-z0-9._:-]+)\1""")]
    private static partial Regex Declaration();
}
