using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>Which classes of a file stay, so that their weights are kept where the head gets other classes.</summary>
internal static partial class KeptClasses
{
    /// <summary>
    /// New class index to the old one that it goes on from, without background; null where the file's classes are not
    /// known and the caller names none.
    /// </summary>
    /// <param name="import">The classes wanted.</param>
    /// <param name="model">The file; its metadata may name its classes.</param>
    /// <param name="count">Classes that the file has, without background.</param>
    /// <exception cref="ModelException">The names are not as many as the file's classes.</exception>
    /// <exception cref="ArgumentException">A class is to go on from one that the file does not have.</exception>
    public static IReadOnlyDictionary<int, int>? Of(HeadRequest import, OnnxModel model, int count)
    {
        var names = import.SourceClasses ?? Stored(model);
        if (names is null && import.Kept.Count > 0)
            throw new ArgumentException($"{nameof(HeadRequest.Kept)} names classes of {model.Path}, whose names are "
                + $"not known; give them as {nameof(HeadRequest.SourceClasses)}.");
        if (names is null)
            return null;
        if (names.Count != count)
            throw new ModelException($"{model.Path}: its head has {count} classes beside background, but "
                + $"{names.Count} names are given for them; check {nameof(HeadRequest.SourceClasses)}.");
        var kept = new Dictionary<int, int>();
        foreach (var (index, name) in import.Classes.Index())
        {
            var source = import.Kept.GetValueOrDefault(name, name);
            var old = names.ToList().IndexOf(source);
            if (old >= 0)
                kept[index] = old;
            else if (import.Kept.ContainsKey(name))
                throw new ArgumentException($"{nameof(HeadRequest.Kept)}: '{name}' is to go on from '{source}', "
                    + $"which is no class of {model.Path}; it has {string.Join(", ", names)}.");
        }
        return kept;
    }

    // Of files saved by this library, and of those that name their classes as {0: 'person', 1: 'car'}.
    private static IReadOnlyList<string>? Stored(OnnxModel model)
    {
        string? Entry(string key) => model.Proto.MetadataProps.LastOrDefault(entry => entry.Key == key)?.Value;
        if (Entry("detection_mlnet.classes") is { } json)
            return JsonSerializer.Deserialize<string[]>(json);
        if (Entry("names") is not { } names)
            return null;
        var found = Numbered().Matches(names).ToDictionary(
            match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match => match.Groups[3].Value);
        return found.Count > 0 && found.Keys.Order().SequenceEqual(Enumerable.Range(0, found.Count))
            ? [.. found.OrderBy(pair => pair.Key).Select(pair => pair.Value)] : null;
    }

    [GeneratedRegex("""(\d{1,6})\s*:\s*(['"])(.*?)\2""")]
    private static partial Regex Numbered();
}
