using System.Reflection;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>How the members of a class become columns, open to changes before the class is read or written.</summary>
public sealed partial class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    /// <summary>The column of that name, or null.</summary>
    public Column this[string columnName]
    {
        get => Find(column => column.ColumnName == columnName);
        set
        {
            Check.NotNull(value, nameof(value));
            Check.Argument(value.ColumnName == columnName, nameof(columnName),
                $"The column is named '{value.ColumnName}' but was given as '{columnName}'");
            var index = FindIndex(column => column.ColumnName == columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    /// <summary>The columns that the public fields and properties of a class stand for.</summary>
    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        Check.NotNull(userType, nameof(userType));
        var definition = new SchemaDefinition();
        foreach (var member in Member.Of(userType, direction))
        {
            var name = member.Attribute<ColumnNameAttribute>()?.Name ?? member.Name;
            Check.Argument(definition[name] is null, nameof(userType), $"Two members are named as column '{name}'");
            definition.Add(new Column(member.Name, member.ColumnType, name));
        }
        return definition;
    }
}
