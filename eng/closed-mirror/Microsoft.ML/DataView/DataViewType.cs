namespace Microsoft.ML.Data;

/// <summary>The type of a column: how its values mean, and which .NET type holds them.</summary>
public abstract class DataViewType : IEquatable<DataViewType>
{
    private protected DataViewType(Type rawType)
    {
        RawType = rawType ?? throw new ArgumentNullException(nameof(rawType));
    }

    /// <summary>The .NET type of a value.</summary>
    public Type RawType { get; }

    /// <summary>Whether both describe the same values.</summary>
    public abstract bool Equals(DataViewType other);
}
