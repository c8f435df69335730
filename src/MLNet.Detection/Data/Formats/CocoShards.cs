using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// COCO files that together are one data set, by a pattern with a star: <c>instances-*-of-00008.json</c>. Files that say how
/// many they are must all be there.
/// </summary>
internal static partial class CocoShards
{
    /// <summary>Whether a path stands for several files.</summary>
    public static bool IsPattern(string path) => Path.GetFileName(path).Contains('*');

    /// <summary>The files of a pattern, in the order of their names.</summary>
    /// <exception cref="DatasetException">There is none, or one is missing.</exception>
    public static IReadOnlyList<string> Files(string pattern)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(pattern))!;
        List<string> files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)] : [];
        if (files.Count == 0)
            throw new DatasetException(pattern, "", "no file has such a name", "Correct the path or the pattern.");
        var numbered = files.Select(file => Number().Match(file)).Where(match => match.Success).ToList();
        if (numbered.Count == 0)
            return files;
        var counts = numbered.Select(match => int.Parse(match.Groups["all"].Value, CultureInfo.InvariantCulture)).Distinct().ToList();
        if (counts.Count > 1 || numbered.Count < files.Count)
            throw new DatasetException(pattern, "", "the files are not of one set: "
                + $"{string.Join(", ", files.Take(5).Select(Path.GetFileName))}", "Write how many there are into the pattern.");
        var missing = Enumerable.Range(0, counts[0]).Except(numbered.Select(match =>
            int.Parse(match.Groups["part"].Value, CultureInfo.InvariantCulture))).ToList();
        return missing.Count == 0 ? files : throw new DatasetException(pattern, "",
            $"{missing.Count} of {counts[0]} parts are missing, the first is number {missing[0]}", "Restore the files.");
    }

    /// <summary>The files' data sets as one.</summary>
    /// <exception cref="DatasetException">Their classes differ, or two have an image of one id.</exception>
    public static DetectionDataset Join(string pattern, IReadOnlyList<DetectionDataset> parts)
    {
        foreach (var part in parts)
            if (!part.Categories.SequenceEqual(parts[0].Categories))
                throw new DatasetException(part.Source, "", $"the categories are not those of {parts[0].Source}",
                    "Write the same list of categories into all parts.");
        var sources = new Dictionary<long, string>();
        foreach (var part in parts)
            foreach (var image in part.Images)
                if (!sources.TryAdd(image.Id, part.Source))
                    throw new DatasetException(part.Source, "", $"the image id {image.Id} is in {sources[image.Id]} too",
                        "Give each image of all parts an id of its own.");
        return new(pattern, parts[0].Categories, parts.SelectMany(part => part.Images), parts.SelectMany(part => part.Problems),
            parts.SelectMany(part => part.Unread).GroupBy(loss => loss.What)
                .Select(loss => new ConversionLoss(loss.Key, loss.Sum(of => of.Count))));
    }

    [GeneratedRegex(@"-(?<part>\d+)-of-(?<all>\d+)\.json$", RegexOptions.IgnoreCase)]
    private static partial Regex Number();
}
