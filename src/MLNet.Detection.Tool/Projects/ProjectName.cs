using System.Text;

namespace MLNet.Detection.Tool.Projects;

/// <summary>A name that is a C# class and a folder.</summary>
internal static class ProjectName
{
    /// <summary>The name that was given, or one made of the model's: version-RFB-320.onnx gives
    /// VersionRFB320.</summary>
    /// <exception cref="ArgumentException">The name that was given is none of C#.</exception>
    public static string Of(string? given, string model)
    {
        if (given is not null)
            return IsIdentifier(given) ? given : throw new ArgumentException(
                $"--name is '{given}'; expected a letter, then letters, digits or _, since a C# class is named so.");
        var name = new StringBuilder();
        var starts = true;
        foreach (var letter in Path.GetFileNameWithoutExtension(model))
        {
            if (char.IsAsciiLetterOrDigit(letter))
                name.Append(starts ? char.ToUpperInvariant(letter) : letter);
            starts = !char.IsAsciiLetterOrDigit(letter);
        }
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? $"{name}" : $"Detector{name}";
    }

    // The capital keeps it apart from C#'s own words.
    private static bool IsIdentifier(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
