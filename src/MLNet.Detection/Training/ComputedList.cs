using System.Collections;

namespace MLNet.Detection.Training;

/// <summary>A list whose items are made each time they are asked for: long ones take no memory.</summary>
/// <param name="count">Its length.</param>
/// <param name="item">Makes an item.</param>
internal sealed class ComputedList<T>(int count, Func<int, T> item) : IReadOnlyList<T>
{
    public int Count => count;

    public T this[int index] => item(index);

    public IEnumerator<T> GetEnumerator() => Enumerable.Range(0, count).Select(item).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
