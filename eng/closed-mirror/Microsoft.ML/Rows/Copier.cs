using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Copies a value so that neither side sees later changes of the other.</summary>
internal delegate void Copier<T>(in T source, ref T target);

/// <summary>Copiers by type: vectors share arrays when assigned, all other values do not.</summary>
internal static class Copier
{
    public static Copier<T> Of<T>() => RawTypes.VectorItemOf(typeof(T)) is { } item
        ? (Copier<T>)ByType.Call(Vector<int>, item)
        : (in T source, ref T target) => target = source;

    private static Copier<VBuffer<TItem>> Vector<TItem>() =>
        (in VBuffer<TItem> source, ref VBuffer<TItem> target) => source.CopyTo(ref target);
}
