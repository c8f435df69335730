using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

public sealed partial class SchemaDefinition
{
    /// <summary>How one member becomes a column.</summary>
    public sealed class Column
    {
        private readonly Dictionary<string, (DataViewType Type, Delegate Getter)> annotations = [];

        internal Column(string memberName, DataViewType columnType, string columnName)
        {
            MemberName = memberName;
            ColumnType = columnType;
            ColumnName = columnName;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        /// <summary>The column's type; null for what the member's own type stands for.</summary>
        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                foreach (var (kind, (type, getter)) in annotations)
                    builder.Add(kind, type, getter);
                return builder.ToAnnotations();
            }
        }

        /// <param name="value">A value of the annotation's raw type, a string for text, or an array for a
        /// vector.</param>
        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Check.NotNull(kind, nameof(kind));
            Check.NotNull(annotationType, nameof(annotationType));
            Check.State(!annotations.ContainsKey(kind), $"Column '{ColumnName}' already has an annotation '{kind}'");
            annotations[kind] = (annotationType, MemberValue.Getter(annotationType, () => value));
        }

        internal void CopyAnnotations(DataViewSchema.Annotations source)
        {
            foreach (var column in source.Schema)
                annotations[column.Name] = (column.Type, source.GetterOf(column.Index));
        }
    }
}
