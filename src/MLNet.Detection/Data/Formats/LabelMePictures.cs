namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Where the picture of a LabelMe file is: its <c>imagePath</c> counts from the JSON file, or, where the pictures have a folder of
/// their own, from the same subfolder of that one.
/// </summary>
/// <param name="path">The folder of the data set.</param>
/// <param name="folder">The folder of the part that is read, below it or the same.</param>
/// <param name="images">Finds pictures; null where they lie beside their JSON files.</param>
internal sealed class LabelMePictures(string path, string folder, ImageFolder? images)
{
    private readonly Lazy<ILookup<string, string>> _byName = new(() => images is null || !Directory.Exists(images.Root)
        ? Array.Empty<string>().ToLookup(name => name)
        : Directory.EnumerateFiles(images.Root, "*", SearchOption.AllDirectories).ToLookup(file => Path.GetFileName(file),
            file => Slashed(Path.GetRelativePath(images.Root, file)), StringComparer.Ordinal));

    /// <summary>The picture's name below the folder of the pictures.</summary>
    /// <param name="file">The JSON file.</param>
    /// <param name="imagePath">Its field of this name.</param>
    public string NameOf(string file, JsonField imagePath)
    {
        var written = imagePath.Text().Replace('\\', '/');
        var own = Path.GetDirectoryName(file)!;
        if (images is not null)
            return Elsewhere(images, own, written, imagePath);
        return Path.IsPathRooted(written) || written.Length == 0 ? written   // refused where names become paths
            : Slashed(Path.GetRelativePath(folder, Path.Combine(own, written)));
    }

    private string Elsewhere(ImageFolder images, string own, string written, JsonField imagePath)
    {
        var last = written[(written.LastIndexOf('/') + 1)..];
        var mirrored = Slashed(Path.Combine(Below(folder, own), last));
        if (last.Length == 0 || images.Missing == MissingImages.Unchecked)
            return last.Length == 0 ? written : mirrored;
        string[] names = Path.IsPathRooted(written) ? [last] : [written, last];
        if (names.SelectMany(name => new[] { Mirrored(path, own, name), Mirrored(folder, own, name) })
            .FirstOrDefault(images.Exists) is { } found)
            return found;
        string[] named = [.. _byName.Value[last].Order(StringComparer.Ordinal)];
        return named.Length < 2 ? named.FirstOrDefault() ?? mirrored : throw imagePath.Place.Error(
            $"{images.Root} has {named.Length} pictures named {last} ({named[0]}, {named[1]}), and none where this file lies",
            "Lay the pictures out like the JSON files, or give the images distinct names.");
    }

    private static string Mirrored(string root, string own, string name) =>
        Slashed(Path.GetRelativePath(root, Path.Combine(own, name)));

    private static string Below(string root, string own) =>
        Path.GetRelativePath(root, own) is var below && below == "." ? "" : below;

    private static string Slashed(string name) => name.Replace('\\', '/');
}
