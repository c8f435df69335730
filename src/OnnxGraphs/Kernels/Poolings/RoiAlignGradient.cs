using System.Numerics.Tensors;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Poolings;

/// <summary>
/// dx of a RoiAlign: the sum over the regions of A_y^T dY A_x, with the weights of each region along either axis, of which only
/// those near it are not 0. As products of whole matrices it takes work with the size of the map for each region.
/// </summary>
internal sealed unsafe class RoiAlignGradient : Kernel
{
    private const int PartsPerThread = 4;

    private readonly int _images, _channels, _height, _width, _regions, _rows, _columns, _parts;

    /// <summary>Of dy [R, C, rows, columns], A_y [R, rows, H], A_x [R, columns, W] and the image of each region [R].</summary>
    public RoiAlignGradient(TensorShape x, TensorShape y) : base("RoiAlignGradient",
        [
            new(ElementType.Float32, y), new(ElementType.Float32, new(y[0], y[2], x[2])),
            new(ElementType.Float32, new(y[0], y[3], x[3])), new(ElementType.Float32, new(y[0])),
        ], [new(ElementType.Float32, x)])
    {
        (_images, _channels, _height, _width) = ((int)x[0], (int)x[1], (int)x[2], (int)x[3]);
        (_regions, _rows, _columns) = ((int)y[0], (int)y[2], (int)y[3]);
        _parts = Math.Min(_images * _channels, PartsPerThread * Environment.ProcessorCount);
    }

    // Where the weights of each bin are not 0, and a row of the map for each part.
    public override long ScratchBytes => (long)_regions * (_rows + _columns) * sizeof(Reach) + (long)_parts * _width * sizeof(float);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, _regions);
        call.ForEach(1, _parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        if (phase == 0)
            Measure(call, index);
        else
            for (var map = Share(index); map < Share(index + 1); map++)
                AddRegions(call, map / _channels, map % _channels,
                    (float*)Reaches(call, _regions) + (long)index * _width);
    }

    private int Share(int part) => (int)((long)_images * _channels * part / _parts);

    private Reach* Reaches(in KernelCall call, int region) => (Reach*)call.Scratch + (long)region * (_rows + _columns);

    private void Measure(in KernelCall call, int region)
    {
        var reaches = Reaches(call, region);
        for (var row = 0; row < _rows; row++)
            reaches[row] = Reach.Of(call.Input(1) + ((long)region * _rows + row) * _height, _height);
        for (var column = 0; column < _columns; column++)
            reaches[_rows + column] = Reach.Of(call.Input(2) + ((long)region * _columns + column) * _width, _width);
    }

    private void AddRegions(in KernelCall call, int image, int channel, float* line)
    {
        var dx = call.Output(0) + ((long)image * _channels + channel) * _height * _width;
        new Span<float>(dx, _height * _width).Clear();
        for (var region = 0; region < _regions; region++)
            if ((int)call.Input(3)[region] == image)
                AddRegion(call, region, call.Input(0) + ((long)region * _channels + channel) * _rows * _columns, dx, line);
    }

    private void AddRegion(in KernelCall call, int region, float* dy, float* dx, float* line)
    {
        float* alongY = call.Input(1) + (long)region * _rows * _height, alongX = call.Input(2) + (long)region * _columns * _width;
        Reach* rows = Reaches(call, region), columns = rows + _rows;
        var (first, end) = (_width, 0);
        for (var column = 0; column < _columns; column++)
            if (columns[column].Count > 0)
                (first, end) = (Math.Min(first, columns[column].First), Math.Max(end, columns[column].End));
        if (end <= first)
            return;
        var mixed = new Span<float>(line + first, end - first);
        for (var row = 0; row < _rows; row++, dy += _columns)
        {
            if (rows[row].Count == 0)
                continue;
            mixed.Clear();
            for (var column = 0; column < _columns; column++)
                Add(alongX + (long)column * _width, dy[column], columns[column], line);
            for (var y = rows[row].First; y < rows[row].End; y++)
                Add(line, alongY[(long)row * _height + y], new(first, end), dx + (long)y * _width);
        }
    }

    // to += factor from, within its reach.
    private static void Add(float* from, float factor, Reach reach, float* to)
    {
        var sum = new Span<float>(to + reach.First, reach.Count);
        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(from + reach.First, reach.Count), factor, sum, sum);
    }

    /// <summary>Places from the first to before the end.</summary>
    private readonly record struct Reach(int First, int End)
    {
        public int Count => End - First;

        /// <summary>From the first to the last number that is not 0.</summary>
        public static Reach Of(float* numbers, int count)
        {
            var (first, end) = (0, count);
            while (first < count && numbers[first] == 0)
                first++;
            while (end > first && numbers[end - 1] == 0)
                end--;
            return new(first, end);
        }
    }
}
