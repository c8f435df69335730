using System.Text.Json;
using MLNet.Detection.Networks;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>Which classes of a file stay, so that their weights are kept where the head gets other classes.</summary>
internal static class KeptClasses
{
    /// <summary>
    /// New class index to the old one that it goes on from, without background; null where the file's classes are not
    /// known and the caller names none.
    /// </summary>
    /// <param name="import">The classes wanted.</param>
    /// <param name="model">The file; its metadata may name its classes.</param>
    /// <param name="count">Classes that the file has, without background.</param>
    /// <param name="warnings">Told of lists in the metadata that do not fit.</param>
    /// <exception cref="ModelException">The names given are not as many as the file's classes.</exception>
    /// <exception cref="ArgumentException">A class is to go on from one that the file does not have.</exception>
    public static IReadOnlyDictionary<int, int>? Of(
        NetworkImport import, OnnxModel model, int count, List<string> warnings)
    {
        var names = import.SourceClasses ?? Stored(model, count, warnings);
        if (names is null && import.Kept.Count > 0)
            throw new ArgumentException($"{nameof(NetworkImport.Kept)} names classes of {model.Path}, whose names are "
                + $"not known; give them as {nameof(NetworkImport.SourceClasses)}.");
        if (names is null)
            return null;
        if (names.Count != count)
            throw new ModelException($"{model.Path}: its head has {count} classes beside background, but "
                + $"{names.Count} names are given for them; check {nameof(NetworkImport.SourceClasses)}.");
        var kept = new Dictionary<int, int>();
        foreach (var (index, name) in import.Classes.Index())
        {
            var source = import.Kept.GetValueOrDefault(name, name);
            var old = names.ToList().IndexOf(source);
            if (old >= 0)
                kept[index] = old;
            else if (import.Kept.ContainsKey(name))
                throw new ArgumentException($"{nameof(NetworkImport.Kept)}: '{name}' is to go on from '{source}', "
                    + $"which is no class of {model.Path}; it has {string.Join(", ", names)}.");
        }
        return kept;
    }

    // Of files saved by this library, and of those that name their classes; a list that does not fit is no help.
    private static IReadOnlyList<string>? Stored(OnnxModel model, int count, List<string> warnings)
    {
        if (model.Proto.MetadataProps.LastOrDefault(entry => entry.Key == "detection_mlnet.classes") is { } own)
            return JsonSerializer.Deserialize<string[]>(own.Value);
        var lists = ClassNameList.Of(model).ToList();
        if (lists.Select(list => list.For(count)).FirstOrDefault(names => names is not null) is { } fitting)
            return fitting;
        warnings.AddRange(lists.Select(list => $"{model.Path}: the metadata entry '{list.Key}' names {list.Names.Count} "
            + $"classes ({string.Join(", ", list.Names.Take(3))}{(list.Names.Count > 3 ? ", ..." : "")}), but the head has "
            + $"{count} beside background; the names are ignored, give them as {nameof(NetworkImport.SourceClasses)}"));
        return null;
    }
}
