namespace MLNet.Detection.Images;

/// <summary>The frame header of a JPEG file and the rules that its scans keep.</summary>
internal sealed class JpegFrame
{
    private const int MaxBlocksInMcu = 10;   // T.81 B.2.3
    private const int MaxSide = 65500;       // libjpeg's own limit
    private const long MaxPixels = 1L << 28;

    private readonly bool _progressive;
    private readonly List<Component> _components = [];
    private bool _complete;

    private JpegFrame(bool progressive) => _progressive = progressive;

    private readonly record struct Component(byte Id, int H, int V, int Quantization);

    public static string? Read(ReadOnlySpan<byte> body, bool progressive, out JpegFrame? frame)
    {
        frame = null;
        if (body.Length < 6 || body.Length != 6 + 3 * body[5])
            return "the JPEG's frame header has a wrong length";
        int height = body[1] << 8 | body[2], width = body[3] << 8 | body[4], count = body[5];
        if (body[0] != 8)
            return $"the JPEG has {body[0]} bits a sample; 8 are supported";
        if (width is 0 or > MaxSide || height is 0 or > MaxSide || (long)width * height > MaxPixels)
            return $"the JPEG says it is {width} x {height} pixels";
        if (count is not (1 or 3))
            return $"the JPEG has {count} colour components; grey and colour are supported, CMYK is not";

        frame = new JpegFrame(progressive);
        for (var c = 0; c < count; c++)
        {
            var part = body.Slice(6 + 3 * c, 3);
            frame._components.Add(new(part[0], part[1] >> 4, part[1] & 15, part[2]));
        }
        return frame.SamplingFits() ? null : "the JPEG has sampling factors that are not supported";
    }

    public string? Scan(ReadOnlySpan<byte> body, JpegTables tables)
    {
        const string broken = "the JPEG has a broken scan header";
        if (_complete)
            return "the JPEG has a second picture in the same frame";
        if (body.Length < 1 || body[0] is 0 or > 4 || body.Length != 4 + 2 * body[0])
            return broken;
        int count = body[0], start = body[^3], end = body[^2], high = body[^1] >> 4, low = body[^1] & 15;
        if (_progressive && !ProgressionFits(count, start, end, high, low))
            return broken;

        var blocks = 0;
        var seen = new HashSet<byte>();
        for (var c = 0; c < count; c++)
        {
            var index = FindComponent(body[1 + 2 * c]);
            if (index < 0 || !seen.Add(body[1 + 2 * c]))
                return broken;
            blocks += _components[index].H * _components[index].V;
            int dc = body[2 + 2 * c] >> 4, ac = body[2 + 2 * c] & 15;
            if (!tables.HasQuantization(_components[index].Quantization)
                || (NeedsDc(start, high) && !tables.HasDc(dc)) || (NeedsAc(end) && !tables.HasAc(ac)))
                return "the JPEG has a scan without its tables";
        }
        _complete = !_progressive && count == _components.Count;
        return count == 1 || blocks <= MaxBlocksInMcu ? null : broken;
    }

    private bool NeedsDc(int start, int high) => !_progressive || (start == 0 && high == 0);

    private bool NeedsAc(int end) => !_progressive || end > 0;

    private int FindComponent(byte id) => _components.FindIndex(component => component.Id == id);

    // T.81 G.1.1.1: a DC scan has no AC coefficients, an AC scan one component, a refinement one bit.
    private static bool ProgressionFits(int count, int start, int end, int high, int low) =>
        (start == 0 ? end == 0 : start <= end && end < 64 && count == 1) && (high == 0 || low == high - 1) && low <= 13;

    private bool SamplingFits()
    {
        if (_components.Any(c => c.H is 0 or > 4 || c.V is 0 or > 4))
            return false;
        int h = _components.Max(c => c.H), v = _components.Max(c => c.V);
        return _components.All(c => h % c.H == 0 && v % c.V == 0);
    }
}
