using System.Text.Json;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// The parts of a folder of pictures: lists in <c>split.json</c> ({"train": ["a.png", ...]}), lists of names in
/// <c>ImageSets/Segmentation</c> (Pascal VOC), or folders train, val and test below that of the pictures.
/// </summary>
internal sealed class MaskParts
{
    private readonly Dictionary<string, HashSet<string>> _names = [];
    private readonly bool _byFolder;

    public MaskParts(string root, string pictures)
    {
        var (json, lists) = (Path.Combine(root, "split.json"), Path.Combine(root, "ImageSets", "Segmentation"));
        if (File.Exists(json))
            foreach (var (part, names) in Parse(json))
                _names[part] = [.. names.Select(Bare)];
        else if (Directory.Exists(lists))
            foreach (var list in Directory.GetFiles(lists, "*.txt").Order(StringComparer.Ordinal))
                _names[Path.GetFileNameWithoutExtension(list)] = [.. File.ReadAllLines(list)
                    .Select(line => Bare(line.Trim())).Where(line => line.Length > 0)];
        else
        {
            _byFolder = true;
            foreach (var part in (string[])["train", "val", "valid", "test"])
                if (Directory.Exists(Path.Combine(pictures, part)))
                    _names[part == "valid" ? "val" : part] = [part];
        }
    }

    public IReadOnlyList<string> Names => [.. _names.Keys];

    /// <summary>Whether a picture, named by its stem below the folder of pictures, is in a part.</summary>
    public bool Has(string part, string stem) => _names.TryGetValue(part, out var names)
        && names.Contains(_byFolder ? stem.Split('/')[0] : Bare(stem));

    private static string Bare(string name)
    {
        var last = name.Split('/', '\\')[^1];
        return PictureFiles.IsPicture(last) ? Path.GetFileNameWithoutExtension(last) : last;
    }

    private static Dictionary<string, string[]> Parse(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException error)
        {
            throw new DatasetException(path, "", $"the list of parts is damaged ({error.Message})",
                "Expected {\"train\": [\"a.png\", ...], \"test\": [...]}.", error);
        }
    }
}
