using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Cuts maps [N, C, H, W] into tiles and maps these, with zeros around the maps.</summary>
internal sealed unsafe class TileSource
{
    private readonly InnerLoops _loops;
    private readonly TileGrid _grid;
    private readonly WinogradStep _step;
    private readonly int _channels;
    private readonly (int Height, int Width) _size;
    private readonly (int Rows, int Columns) _before;
    private readonly int _tileSize;
    private readonly int _places;

    /// <param name="loops">The loops.</param>
    /// <param name="grid">The tiles.</param>
    /// <param name="step">Maps inputs (overlapping) or gradients of outputs.</param>
    /// <param name="channels">C.</param>
    /// <param name="size">H and W.</param>
    /// <param name="before">Places of the first tile that lie before the map; negative to leave places out.</param>
    public TileSource(InnerLoops loops, TileGrid grid, WinogradStep step, int channels, (int, int) size,
        (int, int) before)
    {
        (_loops, _grid, _step, _channels, _size, _before) = (loops, grid, step, channels, size, before);
        _tileSize = step == WinogradStep.Input ? grid.Side : grid.Step;
        _places = grid.Across * grid.Step + _tileSize - grid.Step;
    }

    /// <summary>Numbers that <see cref="Map"/> needs.</summary>
    public int Scratch => _tileSize * _places * _loops.Width;

    /// <summary>Maps a strip's tiles of as many channels as a vector has numbers, from the first one on.</summary>
    public void Map(float* maps, int strip, int firstChannel, float* to, TileStrides strides, float* scratch)
    {
        var image = maps + ((long)(strip / _grid.Down) * _channels + firstChannel) * _size.Height * _size.Width;
        var channels = Math.Min(_loops.Width, _channels - firstChannel);
        var top = strip % _grid.Down * _grid.Step - _before.Rows;
        var pitch = _places * _loops.Width;
        if (channels < _loops.Width)
            new Span<float>(scratch, Scratch).Clear();
        for (var i = 0; i < _tileSize; i++)
        {
            FetchRow(image, top + i, _channels - firstChannel);
            FillRow(image, top + i, channels, scratch + i * pitch);
        }
        _loops.MapTiles(_step, _grid.Step, scratch, new(pitch, _loops.Width, _grid.Step * _loops.Width), to, strides,
            _grid.Across);
    }

    // The same row of the next channels, which lie far apart.
    private void FetchRow(float* image, int y, int channels)
    {
        for (var channel = _loops.Width; channel < Math.Min(2 * _loops.Width, channels); channel++)
            CacheLines.Fetch(image + ((long)channel * _size.Height + y) * _size.Width, _size.Width);
    }

    // A row of places, channels last.
    private void FillRow(float* image, int y, int channels, float* row)
    {
        var skipped = Math.Max(0, -_before.Columns);
        var blank = Math.Clamp(_before.Columns, 0, _places);
        var copied = y < 0 || y >= _size.Height ? 0 : Math.Clamp(_size.Width - skipped, 0, _places - blank);
        var width = _loops.Width;
        new Span<float>(row, blank * width).Clear();
        if (copied > 0)
            _loops.Transpose(image + (long)y * _size.Width + skipped, _size.Height * _size.Width, channels, copied,
                row + blank * width, width);
        new Span<float>(row + (blank + copied) * width, (_places - blank - copied) * width).Clear();
    }
}
