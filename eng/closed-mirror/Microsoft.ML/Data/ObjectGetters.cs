using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Getters of columns whose values are members of a current object.</summary>
internal static class ObjectGetters
{
    public static Delegate Create<TRow>(BoundColumn column, Func<TRow> current) =>
        (Delegate)ByType.Call(Create<TRow, int>, [typeof(TRow), column.Member.Type], column, current);

    private static Delegate Create<TRow, TValue>(BoundColumn column, Func<TRow> current)
    {
        var read = column.Member.Reader<TRow, TValue>();
        return column.Type is KeyDataViewType key
            ? MemberValue.KeyGetter(key, () => read(current()))
            : MemberValue.Getter(column.Type, () => read(current()));
    }
}
