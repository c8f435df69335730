using Microsoft.ML.Internal;

namespace Microsoft.ML;

/// <summary>The names of a column to make and of the column to make it from.</summary>
public sealed class InputOutputColumnPair
{
    /// <param name="outputColumnName">The new column.</param>
    /// <param name="inputColumnName">The column it comes from; null for one of the same name.</param>
    public InputOutputColumnPair(string outputColumnName, string inputColumnName = null)
    {
        Check.NotEmpty(outputColumnName, nameof(outputColumnName));
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName ?? outputColumnName;
    }

    public string InputColumnName { get; }

    public string OutputColumnName { get; }
}
