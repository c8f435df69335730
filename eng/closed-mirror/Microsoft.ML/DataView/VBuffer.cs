using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>
/// A vector, dense or sparse: values, and for a sparse one their ascending indices; all other items are default values.
/// The arrays may be longer than what they hold, because getters fill them again row after row.
/// </summary>
public readonly partial struct VBuffer<T>
{
    private readonly T[] values;
    private readonly int[] indices;
    private readonly int count;

    /// <summary>Number of items, explicit or not.</summary>
    public readonly int Length;

    /// <summary>A dense vector over the first items of an array, which is not copied.</summary>
    public VBuffer(int length, T[] values, int[] indices = null) : this(length, length, values, indices)
    {
    }

    /// <summary>
    /// A vector with explicit items at the first <paramref name="count"/> indices; dense if that is all.
    /// </summary>
    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Check.Argument(length >= 0, nameof(length), $"A length is not negative, got {length}");
        Check.Argument(0 <= count && count <= length, nameof(count), $"A count is 0 to {length}, got {count}");
        Check.Argument((values?.Length ?? 0) >= count, nameof(values), $"Expected at least {count} values");
        Check.Argument(count == length || (indices?.Length ?? 0) >= count, nameof(indices),
            $"Expected at least {count} indices");
        Length = length;
        this.count = count;
        this.values = values;
        this.indices = indices;
    }

    public bool IsDense => count == Length;

    /// <summary>The explicit items: all of a dense vector, some of a sparse one.</summary>
    public ReadOnlySpan<T> GetValues() => values.AsSpan(0, count);

    /// <summary>Where the explicit items are; empty for a dense vector.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : indices.AsSpan(0, count);

    /// <summary>All items, default values included.</summary>
    public IEnumerable<T> DenseValues() =>
        IsDense ? new ArraySegment<T>(values ?? [], 0, count) : Items(all: true).Select(item => item.Value);

    /// <param name="all">Whether the default values of a sparse vector are listed too.</param>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        for (int i = 0, at = 0; i < (all || IsDense ? Length : count); i++)
        {
            if (IsDense)
                yield return new(i, values[i]);
            else if (!all)
                yield return new(indices[i], values[i]);
            else
                yield return new(i, at < count && indices[at] == i ? values[at++] : default);
        }
    }

    public T GetItemOrDefault(int index)
    {
        Check.Argument(0 <= index && index < Length, nameof(index),
            $"The vector has {Length} items, got index {index}");
        var at = IsDense ? index : Array.BinarySearch(indices ?? [], 0, count, index);
        return at < 0 ? default : values[at];
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public override string ToString() => IsDense
        ? $"Dense vector of size {Length}"
        : $"Sparse vector of size {Length}, {count} explicit values";

    internal VBufferEditor<T> Edit(int length, int? valuesCount, int? most, bool keepOld, bool withIndices)
    {
        Check.Argument(length >= 0, "newLogicalLength", $"A length is not negative, got {length}");
        var explicitCount = valuesCount ?? length;
        Check.Argument(0 <= explicitCount && explicitCount <= length, nameof(valuesCount),
            $"A count is 0 to {length}, got {explicitCount}");
        var (newValues, newIndices) = (values, indices);
        var grewValues = Grow(ref newValues, explicitCount, most, keepOld);
        withIndices |= explicitCount < length;
        var grewIndices = withIndices && Grow(ref newIndices, explicitCount, most, keepOld);
        return new(length, explicitCount, newValues, newIndices, withIndices, grewValues, grewIndices);
    }

    internal VBufferEditor<T> Edit() => Edit(Length, count, null, false, false);

    // Doubling keeps the cost of rows that grow one by one linear.
    private static bool Grow<TItem>(ref TItem[] array, int needed, int? most, bool keepOld)
    {
        var size = array?.Length ?? 0;
        if (size >= needed)
            return false;
        Check.Argument(needed <= (most ?? int.MaxValue), "max", $"{needed} values exceed the capacity {most}");
        var old = array;
        array = new TItem[(int)Math.Max(needed, Math.Min(size == 0 ? 4 : 2L * size, most ?? Array.MaxLength))];
        if (keepOld)
            old?.CopyTo(array, 0);
        return true;
    }
}
