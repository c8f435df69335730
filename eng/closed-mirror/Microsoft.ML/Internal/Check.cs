namespace Microsoft.ML.Internal;

/// <summary>Argument and state checks; exception types are those that ML.NET throws at the same places.</summary>
internal static class Check
{
    public static void NotNull(object value, string name)
    {
        if (value is null)
            throw new ArgumentNullException(name);
    }

    public static void NotEmpty(string value, string name)
    {
        if (string.IsNullOrEmpty(value))
            throw new ArgumentNullException(name, $"{name} cannot be null or empty");
    }

    public static void Argument(bool holds, string name, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, expected);
    }

    public static void State(bool holds, string message)
    {
        if (!holds)
            throw new InvalidOperationException(message);
    }

    public static ArgumentOutOfRangeException ColumnMissing(string argument, string role, string column) =>
        new(argument, $"Could not find {role} column '{column}'");

    public static ArgumentOutOfRangeException ColumnType(
        string argument, string role, string column, string expected, string found) =>
        new(argument, $"Schema mismatch for {role} column '{column}': expected {expected}, got {found}");
}
