using System.Numerics;
using System.Numerics.Tensors;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Sums along rows, the trailing axes of a shape. A tile holds whole rows, or a piece of one; sums of pieces are kept
/// by tile and added when all are there, so that the result does not depend on the number of threads.
/// </summary>
/// <param name="kind">What is summed.</param>
/// <param name="factor">What the sum is multiplied by: 1, or 1 / n for a mean.</param>
/// <param name="x">The elements.</param>
/// <param name="output">Number of the output.</param>
/// <param name="row">Elements of a row.</param>
internal sealed unsafe class Reduce(ReduceKind kind, float factor, Operand x, int output, long row) : Instruction
{
    /// <summary>Rows of fewer elements are summed without a call for each.</summary>
    private const int Short = 256;

    /// <summary>Number of the output.</summary>
    public int Output => output;

    public override void Run(in Tile tile)
    {
        var from = tile.At(x);
        var to = (float*)tile.Output(output) + tile.Start / row;
        if (kind == ReduceKind.Sum && row < Short)
            for (var i = 0; i < tile.Count / (int)row; i++)
                to[i] = factor * ShortSum(from + i * (int)row);
        else
            for (var i = 0; i < tile.Count / (int)row; i++)
                to[i] = factor * Sum(new(from + i * (int)row, (int)row));
    }

    public override bool ReadsInput(int input) => x == new Operand(Place.Input, input);

    /// <summary>The sum of a piece of a row, without the factor.</summary>
    public float Piece(in Tile tile) => Sum(new(tile.At(x), tile.Count));

    /// <summary>A row's sum from those of its pieces.</summary>
    public float Whole(ReadOnlySpan<float> pieces)
    {
        var sum = 0.0;
        foreach (var piece in pieces)
            sum += piece;
        return (float)(sum * factor);
    }

    private float ShortSum(float* values)
    {
        var (sum, i) = (0f, 0);
        if (row >= Vector<float>.Count)
        {
            var sums = Vector.Load(values);
            for (i = Vector<float>.Count; i + Vector<float>.Count <= row; i += Vector<float>.Count)
                sums += Vector.Load(values + i);
            sum = Vector.Sum(sums);
        }
        for (; i < row; i++)
            sum += values[i];
        return sum;
    }

    private float Sum(ReadOnlySpan<float> values) => kind switch
    {
        ReduceKind.Sum => TensorPrimitives.Sum(values),
        ReduceKind.Squares => TensorPrimitives.SumOfSquares(values),
        _ => TensorPrimitives.SumOfMagnitudes(values),
    };
}
