using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

public readonly partial struct VBuffer<T>
{
    /// <summary>
    /// Copies, sparse as it is, into the arrays of <paramref name="destination"/> where they are long enough.
    /// </summary>
    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    /// <summary>Copies the items from <paramref name="sourceIndex"/> on.</summary>
    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Check.Argument(0 <= sourceIndex && sourceIndex <= Length, nameof(sourceIndex), $"Expected 0 to {Length}");
        Check.Argument(0 <= length && length <= Length - sourceIndex, nameof(length),
            $"Expected 0 to {Length - sourceIndex}, got {length}");
        var first = IsDense ? sourceIndex : FirstAtOrAfter(sourceIndex);
        var last = IsDense ? sourceIndex + length : FirstAtOrAfter(sourceIndex + length);
        var editor = VBufferEditor.Create(ref destination, length, last - first);
        values.AsSpan(first, last - first).CopyTo(editor.Values);
        for (var i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = indices[first + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    /// <param name="destinationIndex">Where the first item goes.</param>
    /// <param name="defaultValue">What a sparse vector's other items become.</param>
    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Check.Argument(0 <= destinationIndex && destinationIndex <= destination.Length - Length, nameof(destination),
            $"Expected room for {Length} values from {destinationIndex} on, got {destination.Length}");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        target.Fill(defaultValue);
        for (var i = 0; i < count; i++)
            target[indices[i]] = values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var available = source?.Length ?? 0;
        Check.Argument(0 <= length && length <= available, nameof(length), $"Expected 0 to {available}, got {length}");
        Check.Argument(0 <= sourceIndex && sourceIndex <= available - length, nameof(sourceIndex),
            $"Expected 0 to {available - length}, got {sourceIndex}");
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    private int FirstAtOrAfter(int index)
    {
        var at = Array.BinarySearch(indices ?? [], 0, count, index);
        return at < 0 ? ~at : at;
    }
}
