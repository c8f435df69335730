using System.Buffers.Binary;

namespace MLNet.Detection.Images;

/// <summary>
/// The entropy-coded bits of a scan. FF00 stands for FF; at any other marker the bits end, and zeros follow until
/// <see cref="EnsureNotExhausted"/> finds that some of them were taken.
/// </summary>
internal ref struct JpegBits(ReadOnlySpan<byte> file, int start)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private ulong _buffer;
    private int _count;
    private int _padding;

    /// <summary>The first byte that is not in the buffer; never behind the next marker.</summary>
    public int Position { get; private set; } = start;

    public int Decode(JpegHuffman table)
    {
        Fill();
        var found = table.Find((int)(_buffer >> _count - 16) & 0xFFFF);
        if (found == 0)
            throw new InvalidDataException("the JPEG's picture data is damaged");
        _count -= found >> 8;
        return found & 0xFF;
    }

    /// <summary>The next 0 to 16 bits as a number.</summary>
    public int Receive(int bits)
    {
        Fill();
        _count -= bits;
        return (int)(_buffer >> _count) & (1 << bits) - 1;
    }

    /// <summary>A number of this many bits whose first bit tells the sign, T.81 F.2.2.1 EXTEND.</summary>
    public int ReceiveSigned(int bits)
    {
        if (bits == 0)
            return 0;
        var value = Receive(bits);
        return value < 1 << bits - 1 ? value - (1 << bits) + 1 : value;
    }

    public readonly void EnsureNotExhausted()
    {
        if (_padding > _count)
            throw new InvalidDataException("the JPEG breaks off");
    }

    /// <summary>Drops what is left up to a restart marker and steps over it.</summary>
    public void Restart()
    {
        (_buffer, _count, _padding) = (0, 0, 0);
        while (Position + 1 < _file.Length && !(_file[Position] == 0xFF && _file[Position + 1] is not (0 or 0xFF)))
            Position++;
        if (Position + 1 >= _file.Length)
            throw new InvalidDataException("the JPEG breaks off");
        if (_file[Position + 1] is < 0xD0 or > 0xD7)
            throw new InvalidDataException("the JPEG's picture data is damaged: a restart marker is missing");
        Position += 2;
    }

    private void Fill()
    {
        if (_count >= 32)
            return;
        if (Position + sizeof(uint) <= _file.Length
            && BinaryPrimitives.ReadUInt32BigEndian(_file[Position..]) is var next && !HasMarkerByte(next))
        {
            (_buffer, _count, Position) = (_buffer << 32 | next, _count + 32, Position + sizeof(uint));
            return;
        }
        while (_count <= 48)
        {
            _buffer = _buffer << 8 | NextByte();
            _count += 8;
        }
    }

    // Whether one of the bytes is FF: the inverse has a zero byte, from which a borrow of 1 sets the highest bit.
    private static bool HasMarkerByte(uint bytes) => (~bytes - 0x01010101 & bytes & 0x80808080) != 0;

    private byte NextByte()
    {
        if (Position < _file.Length)
        {
            var value = _file[Position];
            if (value != 0xFF)
            {
                Position++;
                return value;
            }
            if (Position + 1 < _file.Length && _file[Position + 1] == 0)
            {
                Position += 2;
                return value;
            }
        }
        _padding += 8;
        return 0;
    }
}
