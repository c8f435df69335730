namespace MLNet.Detection.Tool.Terminal;

/// <summary>A word of a command line that is printed to be copied.</summary>
internal static class ShellWord
{
    /// <summary>The word, in quotes where a shell would take it apart.</summary>
    public static string Of(string text) => !text.Any(c => char.IsWhiteSpace(c) || "*?\"'$;&|<>()#`!{}[]".Contains(c)) ? text
        : OperatingSystem.IsWindows() ? $"\"{text}\"" : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
