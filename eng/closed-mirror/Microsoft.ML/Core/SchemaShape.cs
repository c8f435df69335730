using System.Collections;
using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML;

/// <summary>What is known of a schema before any data: the promise that chained estimators check against.</summary>
public sealed partial class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private static readonly SchemaShape Empty = new([]);
    private readonly Column[] columns;

    public SchemaShape(IEnumerable<Column> columns)
    {
        Check.NotNull(columns, nameof(columns));
        this.columns = [.. columns];
        Check.Argument(this.columns.All(column => column.Name != null), nameof(columns), "A column has no name");
    }

    public int Count => columns.Length;

    public Column this[int index] => columns[index];

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static SchemaShape Of(DataViewSchema schema) => new(schema.Where(column => !column.IsHidden)
        .Select(column => Column.Of(column.Name, column.Type, new SchemaShape(
            column.Annotations.Schema.Select(annotation => Column.Of(annotation.Name, annotation.Type, Empty))))));

    internal Column? Find(string name) =>
        Array.FindIndex(columns, column => column.Name == name) is >= 0 and var index ? columns[index] : null;

    /// <summary>The column of that name; throws when it is missing.</summary>
    internal Column Input(string name) => Find(name) ?? throw Check.ColumnMissing("inputSchema", "input", name);

    /// <summary>
    /// This shape with columns of the same names replaced in their places, and the others added at the end.
    /// </summary>
    internal SchemaShape With(params Column[] changed)
    {
        var result = columns.ToList();
        foreach (var column in changed)
        {
            var index = result.FindIndex(old => old.Name == column.Name);
            if (index < 0)
                result.Add(column);
            else
                result[index] = column;
        }
        return new(result);
    }
}
