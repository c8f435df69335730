using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>Which scale each number of a tensor has.</summary>
/// <param name="Shape">Shape of the scales.</param>
/// <param name="Length">Places on the axis.</param>
/// <param name="Size">Places of a block.</param>
/// <param name="Inner">Numbers of a place behind each other.</param>
internal readonly record struct GridPlaces(TensorShape Shape, long Length, long Size, long Inner)
{
    /// <summary>One scale for all.</summary>
    public static GridPlaces One { get; } = new(TensorShape.Scalar, 1, 1, 1);

    /// <summary>How many scales there are.</summary>
    public long Count => Shape.Size;

    /// <summary>A scale for each place on an axis.</summary>
    public static GridPlaces OnAxis(TensorShape shape, int axis) =>
        new(new(shape[axis]), shape[axis], 1, shape.SizeOf((axis + 1)..)) { IsVector = true };

    /// <summary>A scale for each block of places on an axis, and for each place on the others.</summary>
    public static GridPlaces InBlocks(TensorShape shape, int axis, int size)
    {
        axis = shape.Axis(axis);
        var places = new GridPlaces(TensorShape.Scalar, shape[axis], size, shape.SizeOf((axis + 1)..));
        return places with { Shape = new([.. shape.Index().Select(at => at.Index == axis ? places.Blocks : at.Item)]) };
    }

    private bool IsVector { get; init; }

    private long Blocks => (Length + Size - 1) / Size;

    /// <summary>The scale of a number.</summary>
    public int Of(int i)
    {
        var place = i / Inner % Length;
        return (int)(IsVector ? place : (i / (Inner * Length) * Blocks + place / Size) * Inner + i % Inner);
    }
}
