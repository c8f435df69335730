using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class SchemaShape
{
    /// <summary>One column as far as it is known before data. Only this assembly can make one.</summary>
    public partial struct Column
    {
        public readonly string Name;
        public readonly VectorKind Kind;

        /// <summary>Type of an item; of a key, the number type that holds it.</summary>
        public readonly DataViewType ItemType;

        public readonly bool IsKey;

        public readonly SchemaShape Annotations;

        internal Column(string name, VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations)
        {
            Name = name;
            Kind = kind;
            ItemType = itemType;
            IsKey = isKey;
            Annotations = annotations;
        }

        internal static Column Of(string name, DataViewType type, SchemaShape annotations)
        {
            var vector = type as VectorDataViewType;
            var item = vector?.ItemType ?? type;
            var kind = vector is null ? VectorKind.Scalar
                : vector.IsKnownSize ? VectorKind.Vector : VectorKind.VariableVector;
            return item is KeyDataViewType
                ? new(name, kind, Internal.RawTypes.ItemTypeOf(item.RawType), true, annotations)
                : new(name, kind, item, false, annotations);
        }

        internal Column Renamed(string name) => new(name, Kind, ItemType, IsKey, Annotations);
    }
}
