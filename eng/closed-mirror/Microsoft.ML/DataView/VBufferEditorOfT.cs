using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A vector open for writing; <see cref="Commit"/> makes it a vector again.</summary>
public readonly ref struct VBufferEditor<T>
{
    private readonly int length;
    private readonly T[] values;
    private readonly int[] indices;

    /// <summary>The explicit values to fill.</summary>
    public readonly Span<T> Values;

    /// <summary>Their ascending indices to fill; empty for a dense vector.</summary>
    public readonly Span<int> Indices;

    internal VBufferEditor(int length, int count, T[] values, int[] indices, bool withIndices, bool newValues,
        bool newIndices)
    {
        this.length = length;
        this.values = values;
        this.indices = indices;
        Values = values.AsSpan(0, count);
        Indices = withIndices ? indices.AsSpan(0, count) : default;
        CreatedNewValues = newValues;
        CreatedNewIndices = newIndices;
    }

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    public VBuffer<T> Commit() => new(length, Values.Length, values, indices);

    /// <summary>Keeps only the first explicit values.</summary>
    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        Check.Argument(physicalValuesCount <= Values.Length, nameof(physicalValuesCount),
            $"Expected at most {Values.Length}, got {physicalValuesCount}");
        return new(length, physicalValuesCount, values, indices);
    }
}
