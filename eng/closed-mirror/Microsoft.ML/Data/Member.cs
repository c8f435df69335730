using System.Linq.Expressions;
using System.Reflection;
using Microsoft.ML.Internal;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A public field or property of a user's class, as a column sees it.</summary>
internal sealed class Member
{
    private readonly MemberInfo info;

    private Member(MemberInfo info)
    {
        this.info = info;
        Type = info is FieldInfo field ? field.FieldType : ((PropertyInfo)info).PropertyType;
        IsVector = RawTypes.VectorItemOf(Type) is not null;
        ItemType = RawTypes.ItemTypeOf(RawTypes.VectorItemOf(Type) ?? Type);
        Check.Argument(ItemType != null, "userType",
            $"Could not determine an IDataView type for member {info.Name} of type {Type}");
    }

    public string Name => info.Name;

    public Type Type { get; }

    public bool IsVector { get; }

    /// <summary>What an item is, keys not considered.</summary>
    public PrimitiveDataViewType ItemType { get; }

    /// <summary>The column type that type and attributes stand for.</summary>
    public DataViewType ColumnType
    {
        get
        {
            var item = ItemType;
            if (Attribute<KeyTypeAttribute>() is { } key)
            {
                Check.Argument(KeyDataViewType.IsValidDataType(item.RawType), "userType",
                    $"Member {Name} has a KeyType attribute, but {item} is no type for a key");
                item = new KeyDataViewType(item.RawType, key.Count);
            }
            var vector = Attribute<VectorTypeAttribute>();
            Check.Argument(vector is null || IsVector, "userType",
                $"Member {Name} has a VectorType attribute, but {Type} is no vector");
            return !IsVector ? item
                : vector is { Dimensions: [_, ..] dimensions } ? new VectorDataViewType(item, dimensions)
                : new VectorDataViewType(item);
        }
    }

    public static IEnumerable<Member> Of(Type type, SchemaDefinition.Direction direction)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;
        var readable = direction.HasFlag(SchemaDefinition.Direction.Read);
        var writable = direction.HasFlag(SchemaDefinition.Direction.Write);
        var properties = type.GetProperties(Public).Where(property => property.GetIndexParameters().Length == 0 &&
            ((readable && property.GetGetMethod() != null) || (writable && property.GetSetMethod() != null)));
        return type.GetFields(Public).Concat<MemberInfo>(properties)
            .Where(info => info.GetCustomAttribute<NoColumnAttribute>() is null && !IsChannel(info))
            .Select(info => new Member(info));
    }

    public static Member Find(Type type, string name) =>
        type.GetField(name) is { } field ? new(field)
        : type.GetProperty(name) is { } property ? new(property)
        : null;

    public TAttribute Attribute<TAttribute>() where TAttribute : Attribute => info.GetCustomAttribute<TAttribute>();

    public Func<TRow, TValue> Reader<TRow, TValue>()
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, TValue>>(Expression.MakeMemberAccess(row, info), row).Compile();
    }

    public Action<TRow, TValue> Writer<TRow, TValue>()
    {
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(TValue));
        return Expression.Lambda<Action<TRow, TValue>>(
            Expression.Assign(Expression.MakeMemberAccess(row, info), value), row, value).Compile();
    }

    private static bool IsChannel(MemberInfo info) =>
        typeof(IChannel) == ((info as FieldInfo)?.FieldType ?? ((PropertyInfo)info).PropertyType);
}
