namespace MLNet.Detection.Images;

/// <summary>
/// Decodes baseline and progressive JPEG (ITU-T T.81), grey and colour, to the very pixels that libjpeg-turbo, and with
/// it Pillow and OpenCV, decode: a network sees here what it saw in its training elsewhere. Damage is an
/// <see cref="InvalidDataException"/>.
/// </summary>
/// <remarks>
/// The decoding operator of ONNX Runtime's extensions is not used for JPEG: on Linux its library ends the whole process
/// on a bad header, and it interpolates chroma by another rule.
/// </remarks>
internal ref struct JpegDecoder(ReadOnlySpan<byte> file, ImageDecoderOptions options)
{
    private const byte Tem = 0x01, Sof0 = 0xC0, Sof2 = 0xC2, Dht = 0xC4, Rst0 = 0xD0, Rst7 = 0xD7, Eoi = 0xD9;
    private const byte Sos = 0xDA, Dqt = 0xDB, Dnl = 0xDC, Dri = 0xDD, App0 = 0xE0, App1 = 0xE1;
    private const byte App14 = 0xEE, App15 = 0xEF, Com = 0xFE;

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly ImageDecoderOptions _options = options;
    private readonly JpegTables _tables = new();
    private JpegFrame? _frame;
    private ImageOrientation _orientation = ImageOrientation.TopLeft;
    private bool _hasJfif;
    private int _adobeTransform = -1;
    private int _restartInterval;
    private int _at = 2;

    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageDecoderOptions options) =>
        new JpegDecoder(file, options).Run();

    private RgbImage Run()
    {
        byte marker;
        while ((marker = NextMarker()) is not (Eoi or 0))
            if (marker is not (Tem or (>= Rst0 and <= Rst7)))
                Accept(marker, Segment());
        // A baseline picture that is whole but for its end marker is good; of a progressive one more scans may be
        // missing.
        if (_frame is null || (marker == 0 && _frame.Progressive)
            || _frame.Components.Any(component => component.Quantization is null))
            throw new InvalidDataException("the JPEG breaks off before the picture is complete");
        foreach (var component in _frame.Components)
            component.Transform();
        return _options.Turn(JpegColor.ToRgb(_frame, IsRgb(_frame)), _orientation);
    }

    private void Accept(byte marker, ReadOnlySpan<byte> body)
    {
        switch (marker)
        {
            case Dqt:
                _tables.AddQuantization(body);
                break;
            case Dht:
                _tables.AddHuffman(body);
                break;
            case Dri:
                _restartInterval = body.Length == 2 ? body[0] << 8 | body[1]
                    : throw new InvalidDataException("the JPEG's restart interval has a wrong length");
                break;
            case >= Sof0 and <= Sof2:
                _frame = _frame is null ? JpegFrame.Read(body, marker == Sof2, _file.Length, _options)
                    : throw new InvalidDataException("the JPEG has two frames");
                break;
            case Sos:
                var frame = _frame ?? throw new InvalidDataException("the JPEG has a scan before its frame");
                var scan = JpegScan.Read(body, frame, _tables);
                _at = new JpegScanDecoder(scan, _restartInterval, _file, _at).Run();
                break;
            case App0:
                _hasJfif |= body.StartsWith("JFIF\0"u8);
                break;
            case App1:
                _orientation = Exif.OrientationOfJpeg(body) ?? _orientation;
                break;
            case App14 when body.Length >= 12 && body.StartsWith("Adobe"u8):
                _adobeTransform = body[11];
                break;
            case Dnl or Com or (> App1 and <= App15):
                break;
            default:
                throw new InvalidDataException(
                    $"the JPEG has the marker FF{marker:X2}; only baseline and progressive files are supported");
        }
    }

    // JFIF is always YCbCr; Adobe says what it is; without either, components named R, G, B are what they say.
    private readonly bool IsRgb(JpegFrame frame) => !_hasJfif && (_adobeTransform >= 0
        ? _adobeTransform == 0
        : frame.Components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }]);

    /// <summary>The next marker, stepping over stray and fill bytes; 0 at the end of the file.</summary>
    private byte NextMarker()
    {
        while (_file[_at..].IndexOf((byte)0xFF) is >= 0 and var found)
        {
            _at += found;
            while (_at < _file.Length && _file[_at] == 0xFF)
                _at++;
            if (_at < _file.Length && _file[_at++] is not 0 and var marker)
                return marker;
        }
        return 0;
    }

    private ReadOnlySpan<byte> Segment()
    {
        var length = _at + 2 <= _file.Length ? _file[_at] << 8 | _file[_at + 1] : 0;
        if (length < 2 || _at + length > _file.Length)
            throw new InvalidDataException("the JPEG breaks off");
        _at += length;
        return _file.Slice(_at - length + 2, length - 2);
    }
}
