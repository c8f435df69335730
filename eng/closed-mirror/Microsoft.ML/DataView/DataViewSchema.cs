using System.Collections;
using Microsoft.ML.Internal;

namespace Microsoft.ML;

/// <summary>
/// The columns of a data view. Of columns with one name the last is visible, the others only by index.
/// </summary>
public sealed partial class DataViewSchema : IReadOnlyList<DataViewSchema.Column>
{
    private readonly Column[] columns;
    private readonly Dictionary<string, int> visible = [];

    private DataViewSchema(IReadOnlyList<DetachedColumn> parts)
    {
        for (var i = 0; i < parts.Count; i++)
            visible[parts[i].Name] = i;
        columns = [.. parts.Select((part, i) => new Column(part, i, visible[part.Name] != i))];
    }

    public int Count => columns.Length;

    public Column this[string name] =>
        GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' not found");

    public Column this[int columnIndex]
    {
        get
        {
            Check.Argument(0 <= columnIndex && columnIndex < Count, nameof(columnIndex),
                $"The schema has {Count} columns, got index {columnIndex}");
            return columns[columnIndex];
        }
    }

    public Column? GetColumnOrNull(string name)
    {
        Check.NotEmpty(name, nameof(name));
        return visible.TryGetValue(name, out var index) ? columns[index] : null;
    }

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Count} columns";
}
