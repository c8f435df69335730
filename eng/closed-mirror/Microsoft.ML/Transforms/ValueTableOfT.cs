using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Values in the order of their keys: the first has key 1; missing and unknown values have key 0.</summary>
internal sealed class ValueTable<T>(PrimitiveDataViewType item, IEqualityComparer<T> equality, IComparer<T> order,
    Predicate<T> isMissing) : IValueTable
{
    private readonly Dictionary<T, uint> keys = new(equality);
    private T[] values = [];

    public PrimitiveDataViewType ItemType => item;

    public int Count => values.Length;

    public void Learn(DataViewRowCursor cursor, DataViewSchema.Column column, int most)
    {
        var found = new List<T>();
        var read = Reader(cursor, column);
        while (found.Count < most && cursor.MoveNext())
        {
            foreach (var value in read())
            {
                if (found.Count < most && !isMissing(value) && keys.TryAdd(value, (uint)found.Count + 1))
                    found.Add(value);
            }
        }
        values = [.. found];
    }

    public void Sort()
    {
        Array.Sort(values, order);
        for (var i = 0; i < values.Length; i++)
            keys[values[i]] = (uint)i + 1;
    }

    public Delegate KeyGetter(DataViewRow row, DataViewSchema.Column column)
    {
        var read = Reader(row, column);
        if (column.Type is not VectorDataViewType)
            return (ValueGetter<uint>)((ref uint key) => key = Key(read()[0]));
        return (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> result) =>
        {
            var items = read();
            var editor = VBufferEditor.Create(ref result, items.Count);
            for (var i = 0; i < items.Count; i++)
                editor.Values[i] = Key(items[i]);
            result = editor.Commit();
        });
    }

    public void Annotate(DataViewSchema.Annotations.Builder annotations)
    {
        if (values.Length > 0)
            annotations.Add(SchemaAnnotationsExtensions.KeyValues, new VectorDataViewType(item, values.Length),
                (ref VBuffer<T> result) => VBuffer<T>.Copy(values, 0, ref result, values.Length));
    }

    private uint Key(T value) => isMissing(value) ? 0 : keys.GetValueOrDefault(value);

    private static Func<IReadOnlyList<T>> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            var getVector = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> vector = default;
            return () =>
            {
                getVector(ref vector);
                return [.. vector.DenseValues()];
            };
        }
        var get = row.GetGetter<T>(column);
        var one = new T[1];
        return () =>
        {
            get(ref one[0]);
            return one;
        };
    }
}
