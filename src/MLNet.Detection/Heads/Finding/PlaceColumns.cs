using OnnxGraphs.Graphs;

namespace MLNet.Detection.Heads;

/// <summary>A value of a file as a table with a row for each place: its last axis has the columns, or the axis before those
/// of the places has them.</summary>
internal sealed class PlaceColumns
{
    private readonly float[] _numbers;
    private readonly (int Row, int Column) _step;

    private PlaceColumns(string value, float[] numbers, int rows, bool byColumn)
    {
        (Value, _numbers, Rows, Count) = (value, numbers, rows, numbers.Length / rows);
        _step = byColumn ? (1, rows) : (Count, 1);
    }

    /// <summary>Name of the value.</summary>
    public string Value { get; }

    /// <summary>Number of places.</summary>
    public int Rows { get; }

    /// <summary>Numbers of a place.</summary>
    public int Count { get; }

    /// <summary>The number in a row and column.</summary>
    public float this[int row, int column] => _numbers[row * _step.Row + column * _step.Column];

    /// <summary>The tables that a value may be; none where it has no whole number of columns for the rows.</summary>
    public static IEnumerable<PlaceColumns> Of(string name, Tensor value, int rows)
    {
        var (shape, size) = (value.Shape, value.Shape.Size);
        if (rows < 2 || size == 0 || size % rows != 0 || value.Type != ElementType.Float32)
            yield break;
        var (columns, numbers, behind) = (size / rows, value.Values<float>().ToArray(), 1L);
        if (shape.Rank > 0 && (shape[-1] == columns || columns == 1))
            yield return new(name, numbers, rows, byColumn: false);
        for (var axis = shape.Rank - 1; axis >= 0 && columns > 1; behind *= shape[axis--])
            if (behind == rows && shape[axis] == columns)
                yield return new(name, numbers, rows, byColumn: true);
    }
}
