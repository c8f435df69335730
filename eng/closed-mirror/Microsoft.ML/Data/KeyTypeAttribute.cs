using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Makes an unsigned member a key.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class KeyTypeAttribute : Attribute
{
    /// <param name="count">How many values the key points into.</param>
    public KeyTypeAttribute(ulong count)
    {
        Check.Argument(count > 0, nameof(count), "A key has at least one value");
        Count = count;
    }

    internal ulong Count { get; }
}
