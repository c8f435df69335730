using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    /// <summary>One column of one schema.</summary>
    public struct Column
    {
        internal Column(DetachedColumn part, int index, bool isHidden)
        {
            Name = part.Name;
            Index = index;
            IsHidden = isHidden;
            Type = part.Type;
            Annotations = part.Annotations;
        }

        public string Name { get; }

        public int Index { get; }

        /// <summary>Whether a later column has the same name.</summary>
        public bool IsHidden { get; }

        public DataViewType Type { get; }

        public Annotations Annotations { get; }

        public override string ToString() => Annotations is { Schema.Count: > 0 }
            ? $"{Name}: {Type} {{{Annotations}}}"
            : $"{Name}: {Type}";
    }
}
