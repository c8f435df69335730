using MLNet.Detection.Data.Formats;

namespace MLNet.Detection.Data;

/// <summary>
/// Reads annotations in Pascal VOC's layout: <c>Annotations/*.xml</c>, <c>JPEGImages</c>, <c>ImageSets/Main/*.txt</c>;
/// or XML files beside their pictures, as labelling programs write them. Folders are found in any case, and pictures
/// also in <c>images</c>. <see cref="DatasetFormat.Voc"/> writes it.
/// </summary>
public static class VocDataset
{
    /// <summary>
    /// Reads one split of a Pascal VOC folder. An image's id is 1 + its index among all annotations of the folder
    /// sorted by name, so that it is the same in every split. Boxes that leave their image are clipped, boxes without
    /// size are dropped; both are listed in <see cref="DetectionDataset.Problems"/>.
    /// </summary>
    /// <param name="folder">
    /// The folder that holds <c>Annotations</c> and <c>JPEGImages</c>, or XML files and pictures.
    /// </param>
    /// <param name="split">
    /// The split: <c>train</c> reads <c>ImageSets/Main/train.txt</c>; null for all annotations.
    /// </param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="DatasetException">
    /// A folder, file or element is missing or not well formed, a class is not among the wanted ones, a file name is
    /// absolute or leaves the folder, an image file does not exist.
    /// </exception>
    public static DetectionDataset Load(string folder, string? split = null, VocOptions? options = null)
    {
        options ??= new();
        var files = new VocFolder(folder);
        var wanted = files.Split(split);
        var documents = files.Names
            .Where(name => options.Categories is null || wanted.Contains(name))
            .ToDictionary(name => name, name => new VocDocument(files.AnnotationPath(name)));
        var categories = options.Categories ?? [.. documents.Values
            .SelectMany(document => document.Objects)
            .Select(item => item.Name).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];

        var assembly = new DatasetAssembly(files.Source(split), files.Images(options), categories);
        var pictures = new VocPictures(files, assembly);
        foreach (var (name, id) in files.Names.Select((name, index) => (name, index + 1)))
            if (wanted.Contains(name))
                assembly.Add(documents[name].Image(pictures.NameOf(name, documents[name]), id, options.Coordinates));
        return assembly.Build();
    }
}
