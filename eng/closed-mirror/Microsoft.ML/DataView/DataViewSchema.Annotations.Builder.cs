using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    public sealed partial class Annotations
    {
        /// <summary>Collects annotations of one column.</summary>
        public sealed class Builder
        {
            private readonly DataViewSchema.Builder schema = new();
            private readonly List<Delegate> getters = [];

            /// <summary>Adds those annotations whose names are selected.</summary>
            public void Add(Annotations annotations, Func<string, bool> selector)
            {
                if (annotations is null)
                    return;
                Check.NotNull(selector, nameof(selector));
                foreach (var column in annotations.Schema.Where(column => selector(column.Name)))
                    Add(column.Name, column.Type, annotations.getters[column.Index], column.Annotations);
            }

            public void Add<TValue>(
                string name, DataViewType type, ValueGetter<TValue> getter, Annotations annotations = null) =>
                Add(name, type, (Delegate)getter, annotations);

            public void Add(string name, DataViewType type, Delegate getter, Annotations annotations = null)
            {
                Check.NotEmpty(name, nameof(name));
                Check.NotNull(type, nameof(type));
                Check.NotNull(getter, nameof(getter));
                if (getter.GetType() != typeof(ValueGetter<>).MakeGenericType(type.RawType))
                    throw new ArgumentException($"Annotation '{name}' of type {type} needs a getter of " +
                        $"{type.RawType}, got {getter.GetType()}", nameof(getter));
                schema.AddColumn(name, type, annotations);
                getters.Add(getter);
            }

            public void AddPrimitiveValue<TValue>(
                string name, PrimitiveDataViewType type, TValue value, Annotations annotations = null) =>
                Add(name, type, (ref TValue target) => target = value, annotations);

            public Annotations ToAnnotations() => new(schema.ToSchema(), [.. getters]);
        }
    }
}
