namespace MLNet.Detection.Images;

/// <summary>Visits the blocks of one scan in the order of the file.</summary>
internal ref struct JpegScanDecoder(JpegScan scan, int restartInterval, ReadOnlySpan<byte> file, int position)
{
    private readonly int[] _predictions = new int[scan.Parts.Count];
    private JpegBlockDecoder _blocks = new(scan, file, position);
    private int _sinceRestart;

    /// <summary>Decodes all blocks and gives the position in the file behind them.</summary>
    public int Run()
    {
        if (scan.Parts is [var only])
        {
            // A component alone comes without the blocks that only fill its last interleaved units.
            int across = (only.Component.Width + 7) / 8, down = (only.Component.Height + 7) / 8;
            for (var row = 0; row < down; row++)
                for (var column = 0; column < across; column++)
                {
                    NextUnit();
                    DecodeBlock(0, row, column);
                }
        }
        else
            for (var unit = 0; unit < scan.Frame.UnitsAcross * scan.Frame.UnitsDown; unit++)
            {
                NextUnit();
                DecodeUnit(unit / scan.Frame.UnitsAcross, unit % scan.Frame.UnitsAcross);
            }
        return _blocks.Position;
    }

    private void NextUnit()
    {
        if (restartInterval > 0 && _sinceRestart == restartInterval)
        {
            _blocks.Restart();
            _sinceRestart = 0;
            _predictions.AsSpan().Clear();
        }
        _sinceRestart++;
    }

    private void DecodeUnit(int unitRow, int unitColumn)
    {
        for (var p = 0; p < scan.Parts.Count; p++)
        {
            var component = scan.Parts[p].Component;
            for (var y = 0; y < component.Down; y++)
                for (var x = 0; x < component.Across; x++)
                    DecodeBlock(p, unitRow * component.Down + y, unitColumn * component.Across + x);
        }
    }

    private void DecodeBlock(int index, int row, int column)
    {
        var part = scan.Parts[index];
        _blocks.Decode(part, ref _predictions[index], part.Component.Block(row, column));
    }
}
