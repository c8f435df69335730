namespace MLNet.Detection.Images;

/// <summary>
/// The weights that make one axis of a resized picture: out[i] = sum over k of Weights[i, k] * in[First[i] + k].
/// </summary>
internal sealed class ResampleTaps
{
    private readonly float[] _weights;

    public ResampleTaps(int from, int to)
    {
        // A pixel covers from / to input pixels and so touches at most that many and one more.
        Count = Math.Min(from, from > to ? (from + to - 1) / to + 1 : 2);
        First = new int[to];
        _weights = new float[to * Count];
        for (var i = 0; i < to; i++)
            if (from > to)
                Cover(i, from, to);
            else
                Interpolate(i, from, to);
    }

    public int Count { get; }

    public int[] First { get; }

    public ReadOnlySpan<float> this[int i] => _weights.AsSpan(i * Count, Count);

    // In units of 1 / to input pixels everything is whole: output pixel i covers [i from, (i + 1) from).
    private void Cover(int i, int from, int to)
    {
        long start = (long)i * from, end = start + from;
        First[i] = (int)Math.Min(start / to, from - Count);
        for (var k = 0; k < Count; k++)
        {
            var left = (long)(First[i] + k) * to;
            _weights[i * Count + k] = Math.Max(0, Math.Min(end, left + to) - Math.Max(start, left)) / (float)from;
        }
    }

    private void Interpolate(int i, int from, int to)
    {
        var center = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
        First[i] = Math.Min((int)center, from - Count);
        var fraction = (float)(center - First[i]);
        _weights[i * Count] = Count == 1 ? 1 : 1 - fraction;
        if (Count > 1)
            _weights[i * Count + 1] = fraction;
    }
}
