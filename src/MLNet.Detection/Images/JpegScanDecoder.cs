namespace MLNet.Detection.Images;

/// <summary>Decodes the blocks of one scan into the coefficients of its components.</summary>
internal ref struct JpegScanDecoder(JpegScan scan, int restartInterval, ReadOnlySpan<byte> file, int position)
{
    private readonly int[] _predictions = new int[scan.Parts.Count];
    private JpegBits _bits = new(file, position);
    private int _endOfBandRun;
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
        _bits.EnsureNotExhausted();
        return _bits.Position;
    }

    private void NextUnit()
    {
        if (restartInterval > 0 && _sinceRestart == restartInterval)
        {
            _bits.EnsureNotExhausted();
            _bits.Restart();
            _sinceRestart = _endOfBandRun = 0;
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
        var block = part.Component.Block(row, column);
        if (scan.Start == 0)
            DecodeDc(part.Dc, ref _predictions[index], block);
        if (scan.End > 0 && scan.High == 0)
            DecodeAc(part.Ac!, block);
        else if (scan.End > 0)
            RefineAc(part.Ac!, block);
        _bits.EnsureNotExhausted();
    }

    private void DecodeDc(JpegHuffman? table, ref int prediction, Span<short> block)
    {
        if (table is null)
        {
            block[0] |= (short)(_bits.Receive(1) << scan.Low);
            return;
        }
        var bits = _bits.Decode(table);
        if (bits > 15)
            throw Damaged();
        prediction += _bits.ReceiveSigned(bits);
        block[0] = (short)(prediction << scan.Low);
    }

    // T.81 F.2.2.2 and G.1.2.2: a run of zeros and a value; or the end of this and of some following blocks.
    private void DecodeAc(JpegHuffman table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }
        for (var k = Math.Max(1, scan.Start); k <= scan.End; k++)
        {
            var symbol = _bits.Decode(table);
            int run = symbol >> 4, bits = symbol & 15;
            if (bits == 0 && run < 15)
            {
                _endOfBandRun = (1 << run) - 1 + _bits.Receive(run);
                if (run > 0 && !scan.Frame.Progressive)
                    throw Damaged();
                return;
            }
            k += run;
            if (k > scan.End)
                throw Damaged();
            if (bits > 0)
                block[JpegTables.ZigZag[k]] = (short)(_bits.ReceiveSigned(bits) << scan.Low);
        }
    }

    // T.81 G.1.2.3: as above, but runs count coefficients that are still zero, and each other one passed brings a bit.
    private void RefineAc(JpegHuffman table, Span<short> block)
    {
        var k = scan.Start;
        if (_endOfBandRun == 0)
            for (; k <= scan.End; k++)
            {
                var symbol = _bits.Decode(table);
                int run = symbol >> 4, bits = symbol & 15;
                if (bits == 0 && run < 15)
                {
                    _endOfBandRun = (1 << run) + _bits.Receive(run);
                    break;
                }
                if (bits > 1)
                    throw Damaged();
                var value = bits == 0 ? 0 : _bits.Receive(1) == 1 ? 1 << scan.Low : -1 << scan.Low;
                k = RefineUntil(k, run, block);
                if (value != 0 && k > scan.End)
                    throw Damaged();
                if (value != 0)
                    block[JpegTables.ZigZag[k]] = (short)value;
            }
        if (_endOfBandRun == 0)
            return;
        RefineUntil(k, int.MaxValue, block);
        _endOfBandRun--;
    }

    /// <summary>Refines coefficients from k on; stops at the zero behind a run of zeros.</summary>
    private int RefineUntil(int k, int run, Span<short> block)
    {
        for (; k <= scan.End; k++)
        {
            ref var coefficient = ref block[JpegTables.ZigZag[k]];
            if (coefficient == 0 && run-- == 0)
                break;
            if (coefficient != 0 && _bits.Receive(1) == 1 && (Math.Abs((int)coefficient) >> scan.Low & 1) == 0)
                coefficient += (short)(Math.Sign(coefficient) << scan.Low);
        }
        return k;
    }

    private static InvalidDataException Damaged() => new("the JPEG's picture data is damaged");
}
