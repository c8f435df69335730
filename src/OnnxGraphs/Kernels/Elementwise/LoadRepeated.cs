using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>An input that is repeated along some axes of a larger shape.</summary>
internal sealed unsafe class LoadRepeated : Instruction
{
    private readonly int _input;
    private readonly bool _isMask;
    private readonly Operand _y;
    private readonly long[] _dims;
    private readonly long[] _strides;

    public LoadRepeated(int input, bool isMask, TensorShape small, TensorShape shape, Operand y)
    {
        (_input, _isMask, _y) = (input, isMask, y);
        (_dims, _strides) = Collapsed(small, shape);
    }

    public override void Run(in Tile tile)
    {
        if (!_isMask && _dims.Length == 2 && _strides[0] == 1 && tile.Start % _dims[1] == 0)
        {
            RepeatAlongRows((float*)tile.Input(_input) + tile.Start / _dims[1], tile.At(_y), tile.Count);
            return;
        }
        var to = new Span<float>(tile.At(_y), tile.Count);
        var row = Math.DivRem(tile.Start, _dims[^1], out var column);
        while (to.Length > 0)
        {
            var count = (int)Math.Min(_dims[^1] - column, to.Length);
            Load(tile.Input(_input), Offset(row), column, to[..count]);
            to = to[count..];
            (row, column) = (row + 1, 0);
        }
    }

    // The usual case, a number for each row, and whole rows.
    private void RepeatAlongRows(float* from, float* to, int count)
    {
        var row = (int)_dims[1];
        for (var i = 0; i < count; i += row)
            new Span<float>(to + i, Math.Min(row, count - i)).Fill(*from++);
    }

    public override bool ReadsInput(int input) => input == _input;

    private void Load(void* input, long offset, long column, Span<float> to)
    {
        if (_strides[^1] == 0)
            to.Fill(_isMask ? ((byte*)input)[offset] : ((float*)input)[offset]);
        else if (_isMask)
            for (var i = 0; i < to.Length; i++)
                to[i] = ((byte*)input)[offset + column + i];
        else
            new ReadOnlySpan<float>((float*)input + offset + column, to.Length).CopyTo(to);
    }

    private long Offset(long row)
    {
        var offset = 0L;
        for (var axis = _dims.Length - 2; axis > 0; axis--)
        {
            row = Math.DivRem(row, _dims[axis], out var place);
            offset += place * _strides[axis];
        }
        return _dims.Length < 2 ? 0 : offset + row * _strides[0];
    }

    // The shape's axes with the small one's steps along them (0 where it is repeated); neighbours that one step
    // describes are one axis.
    private static (long[] Dims, long[] Strides) Collapsed(TensorShape small, TensorShape shape)
    {
        var (dims, strides) = (new List<long>(), new List<long>());
        var step = 1L;
        for (var i = 1; i <= shape.Rank; i++)
        {
            var (dim, own) = (shape[-i], i <= small.Rank ? small[-i] : 1);
            var stride = own == 1 ? 0 : step;
            step *= own;
            if (dim == 1)
                continue;
            if (dims.Count > 0 && stride == (strides[^1] == 0 ? 0 : strides[^1] * dims[^1]))
                dims[^1] *= dim;
            else
            {
                dims.Add(dim);
                strides.Add(stride);
            }
        }
        dims.Reverse();
        strides.Reverse();
        return ([.. dims], [.. strides]);
    }
}
