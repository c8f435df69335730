namespace OnnxGraphs.Training;

/// <summary>A vector for a file, which need not lie in managed memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its numbers.</param>
/// <param name="Look">Shows them.</param>
internal readonly record struct StoredVector(string Name, long Length, Action<Action<ReadOnlySpan<float>>> Look)
{
    /// <summary>A vector in managed memory.</summary>
    public static StoredVector Of(KeyValuePair<string, float[]> vector) =>
        new(vector.Key, vector.Value.Length, look => look(vector.Value));
}
