using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace MLNet.Detection.Data.Formats;

/// <summary>Typed reads of the keys of a data.yaml, with errors that name the line.</summary>
internal sealed class YoloYaml(string file, YamlMappingNode root)
{
    public bool Has(string key) => Node(key) is not (null or YamlScalarNode { Value: "" or "~" or "null" });

    public string? Text(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } text } => text,
        var other => throw Error(other, $"\"{key}\" is no text", "Write a path."),
    };

    /// <summary>A text or a list of texts.</summary>
    public IEnumerable<string> Texts(string key) => Node(key) switch
    {
        YamlSequenceNode list => list.Children.Select(item => item is YamlScalarNode { Value: { } text } ? text
            : throw Error(item, $"\"{key}\" holds something that is no path", "Write paths.")),
        _ => [Text(key)!],
    };

    /// <summary>The classes: a list, or a mapping from 0, 1, ... to names.</summary>
    public IReadOnlyList<string> Names()
    {
        IReadOnlyList<string> names = Node("names") switch
        {
            YamlSequenceNode list => [.. list.Children.Select(Name)],
            YamlMappingNode map => ByNumber(map),
            null => throw Error(root, "the key \"names\" is missing", "List the classes under names."),
            var other => throw Error(other, "\"names\" is no list of classes", "Write [cat, dog] or {0: cat, 1: dog}."),
        };
        if (names.Count != names.Distinct().Count())
            throw Error(Node("names")!, "\"names\" holds a class twice", "Give classes distinct names.");
        return names;
    }

    private static string Name(YamlNode node) => (node as YamlScalarNode)?.Value ?? node.ToString();

    private string[] ByNumber(YamlMappingNode map)
    {
        var names = new string[map.Children.Count];
        foreach (var (key, name) in map.Children)
            if (int.TryParse(Name(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < names.Length)
                names[number] = Name(name);
            else
                throw Error(key, $"\"names\" has {names.Length} classes, one of them with the number {Name(key)}",
                    "Number them 0, 1, 2, ... without gaps.");
        return names;
    }

    private YamlNode? Node(string key) =>
        root.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private DatasetException Error(YamlNode node, string found, string remedy) =>
        new(file, $"line {node.Start.Line}", found, remedy);
}
