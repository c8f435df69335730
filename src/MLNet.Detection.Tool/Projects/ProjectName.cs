using System.Text;

namespace MLNet.Detection.Tool.Projects;

/// <summary>A name that is a C# class and a folder.</summary>
internal static class ProjectName
{
    private static readonly HashSet<string> Words = [.. """
        abstract as async await base bool break byte case catch char checked class const continue decimal default delegate do double
        dynamic else enum event explicit extern false field file finally fixed float for foreach get global goto if implicit in init
        int interface internal is lock long managed nameof namespace new nint notnull nuint null object operator out override params
        partial private protected public readonly record ref required return sbyte scoped sealed set short sizeof stackalloc static
        string struct switch this throw true try typeof uint ulong unchecked unmanaged unsafe ushort using value var virtual void
        volatile when where while with yield
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    // Of the program itself, and of namespaces that its packages bring.
    private static readonly HashSet<string> Others = ["Program", "OnnxGraphs", "Google", "SkiaSharp", "CsvHelper", "YamlDotNet", "Newtonsoft"];

    /// <summary>The name that was given, or one made of the model's: version-RFB-320.onnx gives
    /// VersionRFB320.</summary>
    /// <exception cref="ArgumentException">The name that was given is none of C#.</exception>
    public static string Of(string? given, string model)
    {
        if (given is not null)
            return !IsIdentifier(given) ? throw new ArgumentException(
                    $"--name is '{given}'; expected a letter, then letters, digits or _, since a C# class is named so.")
                : Clashes(given) ? throw new ArgumentException($"--name is '{given}', a word of C# or a name that the project itself uses; "
                    + $"take another, such as My{char.ToUpperInvariant(given[0])}{given[1..]}.") : given;
        var name = new StringBuilder();
        var starts = true;
        foreach (var letter in Path.GetFileNameWithoutExtension(model))
        {
            if (char.IsAsciiLetterOrDigit(letter))
                name.Append(starts ? char.ToUpperInvariant(letter) : letter);
            starts = !char.IsAsciiLetterOrDigit(letter);
        }
        var made = name.Length > 0 && char.IsAsciiLetter(name[0]) ? $"{name}" : $"Detector{name}";
        return Clashes(made) ? made + "Net" : made;
    }

    private static bool Clashes(string name) => Words.Contains(name) || Others.Contains(name) || ProjectFiles.Uses(name);

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
