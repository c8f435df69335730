using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// The data.yaml of a YOLO data set: classes, and where the pictures of each part are. Or, for folders as labelling
/// programs write them, a classes.txt with a class a line.
/// </summary>
internal sealed class YoloConfig
{
    private static readonly string[] SplitKeys = ["train", "val", "test"];

    private YoloConfig(string file, IReadOnlyList<string> classes)
    {
        (File, Classes) = (file, classes);
        Root = Path.GetDirectoryName(Path.GetFullPath(file))!;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The folder to which the parts are relative.</summary>
    public string Root { get; private init; }

    /// <summary>The class names, by number.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The parts: folders of pictures, or lists of them, as full paths.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Splits { get; private init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether labels end in keypoints.</summary>
    public bool HasKeypoints { get; private init; }

    /// <summary>The yaml file or list of classes of a path, or null.</summary>
    public static string? Find(string path)
    {
        if (System.IO.File.Exists(path))
            return Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" ? path : null;
        if (!Directory.Exists(path))
            return null;
        string[] named = [.. new[] { "data.yaml", "data.yml", "dataset.yaml" }.Select(n => Path.Combine(path, n))];
        string[] any = [.. Directory.EnumerateFiles(path, "*.yaml").Order(StringComparer.Ordinal)];
        return named.Concat(any.Length == 1 ? any : []).Append(Path.Combine(path, "classes.txt"))
            .FirstOrDefault(System.IO.File.Exists);
    }

    /// <summary>A look that tells other yaml files apart.</summary>
    public static bool ListsClasses(string file) => Path.GetExtension(file) == ".txt"
        || System.IO.File.ReadLines(file).Any(line => line.StartsWith("names", StringComparison.Ordinal));

    public static YoloConfig Load(string file)
    {
        try
        {
            return Path.GetExtension(file) == ".txt"
                ? new(file, [.. System.IO.File.ReadLines(file).Select(line => line.Trim()).Where(l => l.Length > 0)])
                : Read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                file, "", $"the file cannot be read: {error.Message}", "Correct the path or its permissions.", error);
        }
        catch (Exception error) when (error is not DatasetException)   // YamlDotNet throws more than its own
        {
            throw new DatasetException(
                file, error is YamlException { Start: var at } ? $"line {at.Line}" : "",
                $"the YAML is not well formed ({error.Message.TrimEnd('.')})",
                "Correct the file at that place.", error);
        }
    }

    private static YoloConfig Read(string file)
    {
        using var text = System.IO.File.OpenText(file);
        var stream = new YamlStream();
        stream.Load(new ShallowYaml(text));
        var root = stream.Documents.Count > 0 ? stream.Documents[0].RootNode as YamlMappingNode : null;
        var node = new YoloYaml(file, root ?? throw new DatasetException(
            file, "", "the file holds no keys", "A data.yaml has names, and train, val or test."));
        var own = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var folder = Path.GetFullPath(Path.Combine(own, node.Text("path") ?? ""));
        // Files that come from somebody else's machine name that machine's folder.
        folder = Directory.Exists(folder) ? folder : own;
        return new(file, node.Names())
        {
            Root = folder,
            HasKeypoints = node.Has("kpt_shape"),
            Splits = SplitKeys.Where(node.Has).ToDictionary(
                key => key, key => (IReadOnlyList<string>)[.. node.Texts(key).Select(path => Locate(folder, path))]),
        };
    }

    // Some exporters write "../train/images" though they put data.yaml beside the folder train.
    private static string Locate(string root, string path)
    {
        var named = Path.GetFullPath(Path.Combine(root, path));
        return !Path.Exists(named) && path.StartsWith("../", StringComparison.Ordinal)
            ? Path.GetFullPath(Path.Combine(root, path[3..])) : named;
    }
}
