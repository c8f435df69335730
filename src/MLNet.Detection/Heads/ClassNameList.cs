using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// A list of class names in a file's metadata, in one of the forms that exporters write: {0: 'person', 1: 'car'} as
/// Python prints it (Ultralytics), ["person", "car"] or {"0": "person"} in JSON, names by line or comma.
/// </summary>
/// <param name="Key">The metadata entry.</param>
/// <param name="Names">The names in their order, a background among them where the file counts one.</param>
internal sealed partial record ClassNameList(string Key, IReadOnlyList<string> Names)
{
    private static readonly string[] Keys =
        ["names", "classes", "class_names", "labels", "label_list", "label_names", "categories"];

    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Backgrounds = ["background", "__background__", "_background_", "bg"];

    private Func<IReadOnlyList<string>, string> Form { get; init; } = names => JsonSerializer.Serialize(names, Readable);

    private bool HasBackground => Names.Count > 0 && Backgrounds.Contains(Names[0].ToLowerInvariant());

    /// <summary>All lists of a file.</summary>
    public static IEnumerable<ClassNameList> Of(OnnxModel model) => model.Proto.MetadataProps
        .Where(entry => Keys.Contains(entry.Key.ToLowerInvariant())).GroupBy(entry => entry.Key)
        .Select(entries => Parse(entries.Key, entries.Last().Value)).OfType<ClassNameList>();

    /// <summary>The list in a text; null where there is none.</summary>
    public static ClassNameList? Parse(string key, string text) => text.Trim() switch
    {
        ['{', .., '}'] inner => Map(key, inner),
        ['[', .., ']'] inner => List(key, inner),
        var plain => Plain(key, plain),
    };

    /// <summary>The names of a number of classes without background; null where the list is of another number.</summary>
    public IReadOnlyList<string>? For(int classes) => Names.Count == classes ? Names
        : Names.Count == classes + 1 && HasBackground ? [.. Names.Skip(1)] : null;

    /// <summary>A list of other classes in the same form; a background stays the first.</summary>
    public string With(IReadOnlyList<string> classes) => Form(HasBackground ? [Names[0], .. classes] : classes);

    private static ClassNameList? Map(string key, string text)
    {
        var pairs = Pairs().Matches(text);
        var names = new SortedDictionary<int, string>();
        foreach (Match pair in pairs)
            names[int.Parse(pair.Groups["number"].Value, CultureInfo.InvariantCulture)] = Unquoted(pair.Groups["name"]);
        if (names.Count == 0 || !names.Keys.SequenceEqual(Enumerable.Range(0, names.Count)))
            return null;
        var isJson = pairs[0].Groups["quote"].Value == "\"";
        string Entry(string name, int number) => isJson
            ? $"\"{number}\": {JsonSerializer.Serialize(name, Readable)}" : $"{number}: {Python(name)}";
        return new(key, [.. names.Values]) { Form = classes => $"{{{string.Join(", ", classes.Select(Entry))}}}" };
    }

    private static ClassNameList? List(string key, string text)
    {
        var items = Items().Matches(text);
        if (items.Count == 0)
            return null;
        var list = new ClassNameList(key, [.. items.Select(item => Unquoted(item.Groups["name"]))]);
        return items[0].Value[0] == '"' ? list
            : list with { Form = classes => $"[{string.Join(", ", classes.Select(Python))}]" };
    }

    // A line or a comma between names; a sentence is none, and neither is a single word.
    private static ClassNameList? Plain(string key, string text)
    {
        var separator = text.Contains('\n') ? "\n" : text.Contains(", ") ? ", " : ",";
        var names = text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length < 2 || !names.All(name => Word().IsMatch(name)) ? null
            : new(key, names) { Form = classes => string.Join(separator, classes) };
    }

    private static string Unquoted(Group name) => Escapes().Replace(name.Value[1..^1], "$1");

    // As Python prints a text: in single quotes, unless it holds some and no double ones.
    private static string Python(string name)
    {
        var quote = name.Contains('\'') && !name.Contains('"') ? "\"" : "'";
        return quote + name.Replace("\\", "\\\\").Replace(quote, "\\" + quote) + quote;
    }

    [GeneratedRegex("""(?<quote>["']?)(?<number>\d{1,6})\k<quote>\s*:\s*(?<name>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")]
    private static partial Regex Pairs();

    [GeneratedRegex("""(?<name>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")]
    private static partial Regex Items();

    [GeneratedRegex("""\\(["'\\/])""")]
    private static partial Regex Escapes();

    [GeneratedRegex("""^[\w.\-]+( [\w.\-]+){0,2}$""")]
    private static partial Regex Word();
}
