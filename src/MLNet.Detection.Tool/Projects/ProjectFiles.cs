using System.Reflection;
using System.Text.RegularExpressions;
using MLNet.Detection.Inspection;

namespace MLNet.Detection.Tool.Projects;

/// <summary>The files of a project, from templates.</summary>
internal sealed class ProjectFiles(string name, string model, ProjectData data, FineTuningRecipe recipe)
{
    private static readonly (string Template, string File)[] Files =
    [
        ("Project.csproj", "{{Name}}.csproj"), ("Program.cs", "Program.cs"), ("training.cs", "{{Name}}.training.cs"),
        ("evaluate.cs", "{{Name}}.evaluate.cs"), ("consumption.cs", "{{Name}}.consumption.cs"),
    ];

    /// <summary>Whether the code of projects uses a name: a class called so would stand in its way.</summary>
    public static bool Uses(string name) => Files.Select(file => file.Template).Append("held-out").Append("parts")
        .SelectMany(template => Template(template).Split('\n'))
        .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        .Any(line => Regex.IsMatch(line, $@"(?<![.{{])\b{name}\b"));

    public void Write(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException($"{folder}: the folder is not empty. Give a new --output, or another --name.");
        Directory.CreateDirectory(folder);
        foreach (var (template, file) in Files)
            File.WriteAllText(Path.Combine(folder, Fill(file)), Fill(Template(template)));
    }

    private string Fill(string text)
    {
        foreach (var (key, value) in Values())
            text = text.Replace($"{{{{{key}}}}}", value, StringComparison.Ordinal);
        return text;
    }

    // Templates come before what stands in them.
    private IEnumerable<(string Key, string Value)> Values() =>
    [
        ("LoadData", Template(data.Test is null ? "held-out" : "parts").TrimEnd()),
        ("Import", string.Concat(recipe.Import.Select(line => $"        {line}\n"))),
        ("TrainOptions", Options(data.TrainSplit).TrimEnd(',', ' ')),
        ("TestOptions", Options(data.TestSplit).TrimEnd(',', ' ')),
        ("Constants", Constants()), ("Model", Literal(model)), ("Version", Version),
        ("OnnxRuntimeVersion", Metadata("OnnxRuntimeVersion")), ("Name", name),
    ];

    private string Options(string? split) =>
        (split is null ? "" : $"Split = {Literal(split)}, ")
        + (data.Images is null ? "" : "ImageFolder = Pictures, ");

    private string Constants() => string.Concat(
        Constant("TrainData", data.Train, "The labelled pictures to learn from."),
        Constant("TestData", data.Test, "The labelled pictures to measure on."),
        Constant("Pictures", data.Images, "The folder of the pictures."));

    private static string Constant(string name, string? value, string meaning) => value is null ? ""
        : $"    /// <summary>{meaning}</summary>\n    public const string {name} = {Literal(value)};\n\n";

    private static string Literal(string text) => $"@\"{text.Replace("\"", "\"\"")}\"";

    private static Assembly Tool => typeof(ProjectFiles).Assembly;

    // Without the commit behind the plus sign.
    private static string Version =>
        Tool.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Metadata(string key) => Tool.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == key).Value!;

    private static string Template(string file)
    {
        using var stream = Tool.GetManifestResourceStream($"MLNet.Detection.Tool.Projects.Templates.{file}.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
