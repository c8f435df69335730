namespace Microsoft.ML.Data;

/// <summary>Opens vectors for writing; their arrays are reused where long enough.</summary>
public static class VBufferEditor
{
    /// <summary>Opens a vector in its present size.</summary>
    public static VBufferEditor<T> CreateFromBuffer<T>(scoped ref VBuffer<T> destination) => destination.Edit();

    /// <param name="destination">The vector whose arrays are reused.</param>
    /// <param name="newLogicalLength">Length of the new vector.</param>
    /// <param name="valuesCount">Explicit values of a sparse vector; null for a dense one.</param>
    /// <param name="maxValuesCapacity">Most items an array may get for future growth.</param>
    /// <param name="keepOldOnResize">Whether a longer array starts with the old items.</param>
    /// <param name="requireIndicesOnDense">Whether indices are needed even now, because a truncation will
    /// follow.</param>
    public static VBufferEditor<T> Create<T>(
        scoped ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null,
        int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false) =>
        destination.Edit(newLogicalLength, valuesCount, maxValuesCapacity, keepOldOnResize, requireIndicesOnDense);
}
