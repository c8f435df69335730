using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A column and the member that holds its values.</summary>
internal sealed record BoundColumn(string Name, DataViewType Type, Member Member,
    DataViewSchema.Annotations Annotations)
{
    public static BoundColumn[] Bind(Type userType, SchemaDefinition definition,
        SchemaDefinition.Direction direction) =>
        [.. (definition ?? SchemaDefinition.Create(userType, direction)).Select(column => Bind(userType, column))];

    public static DataViewSchema Schema(IEnumerable<BoundColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        return builder.ToSchema();
    }

    /// <summary>The class's columns, with the types and annotations that a schema gives them.</summary>
    public static SchemaDefinition DefinitionOf(Type userType, DataViewSchema schema)
    {
        Check.NotNull(schema, nameof(schema));
        var definition = SchemaDefinition.Create(userType, SchemaDefinition.Direction.Read);
        foreach (var column in schema)
        {
            var own = definition[column.Name];
            Check.State(own != null, $"Type should contain a member named {column.Name}");
            own.ColumnType = column.Type;
            own.CopyAnnotations(column.Annotations);
        }
        return definition;
    }

    private static BoundColumn Bind(Type userType, SchemaDefinition.Column column)
    {
        var member = Member.Find(userType, column.MemberName);
        Check.Argument(member != null, "userSchemaDefinition",
            $"No field or property with name '{column.MemberName}' found in type '{userType.FullName}'");
        var name = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
        var type = column.ColumnType ?? member.ColumnType;
        Check.Argument(MemberValue.Fits(type, member), "userSchemaDefinition",
            $"Column '{name}' is supposed to be {type}, but member '{member.Name}' is {member.Type}");
        return new(name, type, member, column.Annotations);
    }
}
