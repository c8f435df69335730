using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Conversions between what members hold (strings, arrays, values) and what columns hold.</summary>
internal static class MemberValue
{
    public static bool Fits(DataViewType type, Member member) =>
        member.IsVector == type is VectorDataViewType &&
        member.ItemType.RawType == ((type as VectorDataViewType)?.ItemType ?? type).RawType;

    /// <summary>A getter of a column's raw values, over values as members hold them.</summary>
    public static Delegate Getter<T>(DataViewType type, Func<T> read) => read switch
    {
        Func<string> text => (ValueGetter<ReadOnlyMemory<char>>)
            ((ref ReadOnlyMemory<char> value) => value = text().AsMemory()),
        Func<string[]> texts => Texts(texts),
        _ when typeof(T).IsArray => (Delegate)ByType.Call(Items<int>, typeof(T).GetElementType(), read),
        _ when type is VectorDataViewType vector => (Delegate)ByType.Call(Buffer<int>, vector.ItemType.RawType, read),
        _ => (ValueGetter<T>)((ref T value) => value = read()),
    };

    /// <summary>
    /// A getter of a scalar key. ML.NET takes a member's value as an index from 0, but a key from 1 (0 is missing);
    /// vectors of keys it takes as they are.
    /// </summary>
    public static Delegate KeyGetter<T>(KeyDataViewType type, Func<T> read) => read switch
    {
        Func<byte> key => (ValueGetter<byte>)((ref byte value) => value = (byte)Next(key(), type)),
        Func<uint> key => (ValueGetter<uint>)((ref uint value) => value = (uint)Next(key(), type)),
        Func<ulong> key => (ValueGetter<ulong>)((ref ulong value) => value = Next(key(), type)),
        _ => throw new InvalidOperationException(
            $"ML.NET reads scalar keys from byte, uint and ulong, not {typeof(T)}"),
    };

    /// <summary>Writes a row's value into a member; an array of the right length is filled again.</summary>
    public static Action<TRow> Filler<TRow>(DataViewRow row, int column, Member member)
    {
        var item = member.ItemType.RawType;
        return (Action<TRow>)(member.Type == typeof(string) ? Text<TRow>(row, column, member)
            : member.Type == typeof(string[]) ? Texts<TRow>(row, column, member)
            : member.Type.IsArray ? ByType.Call(Array<TRow, int>, [typeof(TRow), item], row, column, member)
            : member.IsVector ? ByType.Call(Buffer<TRow, int>, [typeof(TRow), item], row, column, member)
            : ByType.Call(Value<TRow, int>, [typeof(TRow), item], row, column, member));
    }

    private static ulong Next(ulong index, KeyDataViewType type) => index < type.Count ? index + 1 : 0;

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> Texts(Func<string[]> read) =>
        (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var items = read() ?? [];
            var editor = VBufferEditor.Create(ref value, items.Length);
            for (var i = 0; i < items.Length; i++)
                editor.Values[i] = items[i].AsMemory();
            value = editor.Commit();
        };

    private static ValueGetter<VBuffer<T>> Items<T>(Func<T[]> read) => (ref VBuffer<T> value) =>
    {
        var items = read();
        VBuffer<T>.Copy(items, 0, ref value, items?.Length ?? 0);
    };

    private static ValueGetter<VBuffer<T>> Buffer<T>(Func<VBuffer<T>> read) =>
        (ref VBuffer<T> value) => read().CopyTo(ref value);

    private static Action<TRow> Text<TRow>(DataViewRow row, int column, Member member)
    {
        var (get, set) = (row.GetGetter<ReadOnlyMemory<char>>(row.Schema[column]), member.Writer<TRow, string>());
        ReadOnlyMemory<char> value = default;
        return target =>
        {
            get(ref value);
            set(target, value.ToString());
        };
    }

    private static Action<TRow> Texts<TRow>(DataViewRow row, int column, Member member)
    {
        var get = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(row.Schema[column]);
        var set = member.Writer<TRow, string[]>();
        VBuffer<ReadOnlyMemory<char>> value = default;
        return target =>
        {
            get(ref value);
            set(target, [.. value.DenseValues().Select(text => text.ToString())]);
        };
    }

    private static Action<TRow> Array<TRow, T>(DataViewRow row, int column, Member member)
    {
        var get = row.GetGetter<VBuffer<T>>(row.Schema[column]);
        var (read, set) = (member.Reader<TRow, T[]>(), member.Writer<TRow, T[]>());
        VBuffer<T> value = default;
        return target =>
        {
            get(ref value);
            var items = read(target) is { } old && old.Length == value.Length ? old : new T[value.Length];
            value.CopyTo(items);
            set(target, items);
        };
    }

    private static Action<TRow> Buffer<TRow, T>(DataViewRow row, int column, Member member)
    {
        var get = row.GetGetter<VBuffer<T>>(row.Schema[column]);
        var (read, set) = (member.Reader<TRow, VBuffer<T>>(), member.Writer<TRow, VBuffer<T>>());
        return target =>
        {
            var value = read(target);
            get(ref value);
            set(target, value);
        };
    }

    private static Action<TRow> Value<TRow, T>(DataViewRow row, int column, Member member)
    {
        var (get, set) = (row.GetGetter<T>(row.Schema[column]), member.Writer<TRow, T>());
        T value = default;
        return target =>
        {
            get(ref value);
            set(target, value);
        };
    }
}
