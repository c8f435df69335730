namespace MLNet.Detection.Images;

/// <summary>
/// Walks the segments of a JPEG file (ITU-T T.81) and refuses what libjpeg answers by ending the process: its default error
/// handler calls <c>exit</c>, and the decoding operator installs no other. Damage inside the entropy-coded data is no such
/// case; libjpeg decodes on.
/// </summary>
internal ref struct JpegCheck(ReadOnlySpan<byte> file)
{
    private const byte Tem = 0x01, Sof0 = 0xC0, Sof2 = 0xC2, Dht = 0xC4;
    private const byte Rst0 = 0xD0, Rst7 = 0xD7, Eoi = 0xD9, Sos = 0xDA, Dqt = 0xDB, Dnl = 0xDC, Dri = 0xDD;
    private const byte App0 = 0xE0, App15 = 0xEF, Com = 0xFE;
    private const string Cut = "the JPEG breaks off";

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly JpegTables _tables = new();
    private JpegFrame? _frame;
    private int _scans;
    private int _at = 2;

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> file) => new JpegCheck(file).Walk();

    private string? Walk()
    {
        while (NextMarker(out var marker))
        {
            if (marker == Eoi)
                return _scans > 0 ? null : "the JPEG ends before any picture data";
            if (marker is Tem or (>= Rst0 and <= Rst7))
                continue;
            if (!IsKnown(marker))
                return $"the JPEG has the marker FF{marker:X2}, which baseline and progressive files do not";
            if (!Segment(out var body))
                return Cut;
            if (Accept(marker, body) is { } problem)
                return problem;
        }
        return Cut;
    }

    private string? Accept(byte marker, ReadOnlySpan<byte> body)
    {
        switch (marker)
        {
            case Dqt:
                return _tables.AddQuantization(body);
            case Dht:
                return _tables.AddHuffman(body);
            case Dri:
                return body.Length == 2 ? null : "the JPEG's restart interval has a wrong length";
            case >= Sof0 and <= Sof2 when _frame is not null:
                return "the JPEG has two frames";
            case >= Sof0 and <= Sof2:
                return JpegFrame.Read(body, marker == Sof2, out _frame);
            case Sos:
                _scans++;
                return _frame is null ? "the JPEG has a scan before its frame" : _frame.Scan(body, _tables);
            default:
                return null;
        }
    }

    /// <summary>Steps over entropy-coded bytes, in which FF00 stands for FF, and over fill bytes.</summary>
    private bool NextMarker(out byte marker)
    {
        marker = 0;
        while (_at < _file.Length)
        {
            var found = _file[_at..].IndexOf((byte)0xFF);
            if (found < 0)
                return false;
            _at += found;
            while (_at < _file.Length && _file[_at] == 0xFF)
                _at++;
            if (_at == _file.Length)
                return false;
            marker = _file[_at++];
            if (marker != 0)
                return true;
        }
        return false;
    }

    private bool Segment(out ReadOnlySpan<byte> body)
    {
        body = default;
        if (_at + 2 > _file.Length)
            return false;
        var length = _file[_at] << 8 | _file[_at + 1];
        if (length < 2 || _at + length > _file.Length)
            return false;
        body = _file.Slice(_at + 2, length - 2);
        _at += length;
        return true;
    }

    // Arithmetic coding, lossless and hierarchical frames are refused with the unknown ones.
    private static bool IsKnown(byte marker) => marker switch
    {
        >= Sof0 and <= Sof2 or Dht or Sos or Dqt or Dnl or Dri or (>= App0 and <= App15) or Com => true,
        _ => false,
    };
}
