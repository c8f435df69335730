namespace MLNet.Detection.Segmentation;

/// <summary>Windows over a picture: which part of it each shows, and how much each says of a pixel.</summary>
internal sealed class WindowGrid
{
    private readonly int _width, _height, _across, _down, _channels;
    private readonly float[] _sums, _weights;

    /// <summary>Lays windows.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="across">Pixels of a window's row that its map says something of.</param>
    /// <param name="down">Rows of a window that its map says something of.</param>
    /// <param name="channels">Planes of a map.</param>
    /// <param name="overlap">Part of a window shared with the next at least.</param>
    public WindowGrid(int width, int height, int across, int down, int channels, double overlap)
    {
        (_width, _height, _across, _down, _channels) = (width, height, across, down, channels);
        (_sums, _weights) = (new float[channels * width * height], new float[width * height]);
        Places = [.. from y in Starts(height, down, overlap) from x in Starts(width, across, overlap) select (x, y)];
    }

    /// <summary>Left and top of each window.</summary>
    public IReadOnlyList<(int Left, int Top)> Places { get; }

    /// <summary>Adds what a window says, planes [channels, down, across]; the more, the farther from its
    /// border.</summary>
    public void Add(int window, ReadOnlySpan<float> planes)
    {
        var (left, top) = Places[window];
        for (var y = 0; y < Math.Min(_down, _height - top); y++)
            for (var x = 0; x < Math.Min(_across, _width - left); x++)
            {
                var weight = Weight(x, _across) * Weight(y, _down);
                var at = (y + top) * _width + x + left;
                _weights[at] += weight;
                for (var c = 0; c < _channels; c++)
                    _sums[c * _weights.Length + at] += weight * planes[(c * _down + y) * _across + x];
            }
    }

    /// <summary>How much a window says of its pixel, along one axis: the more, the farther from its border.</summary>
    internal static float Weight(int at, int window) => Math.Min(at + 1, window - at);

    /// <summary>Pixels from one window to the next, at most.</summary>
    internal static double Step(int window, double overlap) => Math.Max(1, window * (1 - overlap));

    /// <summary>The mean of what the windows say, [channels, height, width].</summary>
    public float[] Mean()
    {
        for (var c = 0; c < _channels; c++)
            for (var i = 0; i < _weights.Length; i++)
                _sums[c * _weights.Length + i] /= _weights[i];
        return _sums;
    }

    // Evenly, so that the last window ends with the picture.
    private static IEnumerable<int> Starts(int size, int window, double overlap)
    {
        if (size <= window)
            return [0];
        var count = (int)Math.Ceiling((size - window) / Step(window, overlap)) + 1;
        return Enumerable.Range(0, count).Select(i => (int)((long)i * (size - window) / (count - 1)));
    }
}
