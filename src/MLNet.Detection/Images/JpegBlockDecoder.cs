namespace MLNet.Detection.Images;

/// <summary>Decodes one block after another of a scan; baseline is the scan of all coefficients at once.</summary>
internal ref struct JpegBlockDecoder(JpegScan scan, ReadOnlySpan<byte> file, int position)
{
    private JpegBits _bits = new(file, position);
    private int _endOfBandRun;

    /// <summary>The position in the file behind what was decoded.</summary>
    public readonly int Position => _bits.Position;

    /// <summary>Adds what the scan brings to a block.</summary>
    /// <param name="part">The component and its tables.</param>
    /// <param name="prediction">The DC value of the component's block before.</param>
    /// <param name="block">The coefficients so far.</param>
    public void Decode(JpegScan.Part part, ref int prediction, Span<short> block)
    {
        if (scan.Start == 0)
            DecodeDc(part.Dc, ref prediction, block);
        if (scan.End > 0 && scan.High == 0)
            DecodeAc(part.Ac!, block);
        else if (scan.End > 0)
            RefineAc(part.Ac!, block);
        _bits.EnsureNotExhausted();
    }

    public void Restart()
    {
        _bits.Restart();
        _endOfBandRun = 0;
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
