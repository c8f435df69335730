using Microsoft.ML.Internal;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    /// <summary>What is known of a column besides its type: a row with a schema of its own.</summary>
    public sealed partial class Annotations
    {
        private readonly Delegate[] getters;

        private Annotations(DataViewSchema schema, Delegate[] getters)
        {
            Schema = schema;
            this.getters = getters;
        }

        public static Annotations Empty { get; } = new(new DataViewSchema([]), []);

        public DataViewSchema Schema { get; }

        public ValueGetter<TValue> GetGetter<TValue>(Column column)
        {
            if (column.Index >= getters.Length)
                throw new ArgumentException($"There is no annotation column {column.Index}", nameof(column));
            return getters[column.Index] as ValueGetter<TValue> ?? throw new InvalidOperationException(
                $"Annotation '{column.Name}' is of type {Schema[column.Index].Type}, not {typeof(TValue)}");
        }

        public void GetValue<TValue>(string kind, ref TValue value)
        {
            var column = Schema.GetColumnOrNull(kind);
            Check.State(column != null, $"There is no annotation '{kind}'");
            GetGetter<TValue>(column.Value)(ref value);
        }

        internal Delegate GetterOf(int index) => getters[index];

        public override string ToString() => string.Join(", ", Schema.Select(column => column.Name));
    }
}
