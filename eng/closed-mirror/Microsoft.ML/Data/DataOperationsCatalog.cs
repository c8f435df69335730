using Microsoft.ML.Data;
using Microsoft.ML.Internal;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Data views from objects and back, and views of other views.</summary>
public sealed partial class DataOperationsCatalog
{
    private readonly IHostEnvironment environment;
    private readonly int? contextSeed;

    internal DataOperationsCatalog(IHostEnvironment environment, int? contextSeed)
    {
        this.environment = environment;
        this.contextSeed = contextSeed;
    }

    /// <summary>A lazy view of objects; their public fields and properties are the columns.</summary>
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class
    {
        Check.NotNull(data, nameof(data));
        return new EnumerableView<TRow>(
            data, BoundColumn.Bind(typeof(TRow), schemaDefinition, SchemaDefinition.Direction.Read));
    }

    /// <summary>A lazy view of objects whose columns get the types and annotations of a schema.</summary>
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema) where TRow : class
    {
        Check.NotNull(data, nameof(data));
        return LoadFromEnumerable(data, BoundColumn.DefinitionOf(typeof(TRow), schema));
    }

    /// <param name="data">The rows, read anew by every enumeration.</param>
    /// <param name="reuseRowObject">Whether the same object comes again with the next row's values.</param>
    /// <param name="ignoreMissingColumns">Whether members without a column keep their values instead of
    /// throwing.</param>
    /// <param name="schemaDefinition">How members are named, where attributes do not say it.</param>
    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject,
        bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null) where TRow : class, new()
    {
        Check.NotNull(data, nameof(data));
        return Objects(data, new ObjectReader<TRow>(data.Schema, ignoreMissingColumns, schemaDefinition),
            reuseRowObject);
    }

    private static IEnumerable<TRow> Objects<TRow>(IDataView data, ObjectReader<TRow> reader, bool reuse)
        where TRow : class, new()
    {
        using var cursor = data.GetRowCursor(data.Schema.Where(reader.Needs));
        var fill = reader.FillerFor(cursor);
        var row = new TRow();
        while (cursor.MoveNext())
        {
            fill(row);
            yield return row;
            if (!reuse)
                row = new TRow();
        }
    }
}
