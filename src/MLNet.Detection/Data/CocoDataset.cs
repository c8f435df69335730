namespace MLNet.Detection.Data;

/// <summary>
/// Reads and writes annotations in COCO's JSON format, <see href="https://cocodataset.org/#format-data"/>.
/// </summary>
public static class CocoDataset
{
    /// <summary>
    /// Reads a COCO annotation file, in one pass and through a small buffer: the file may be larger than memory, only
    /// images and boxes are kept. Boxes that leave their image are clipped, boxes without size are dropped; both are
    /// listed in <see cref="DetectionDataset.Problems"/>. Anything else that is wrong is an error.
    /// </summary>
    /// <param name="json">The annotation file.</param>
    /// <param name="imageFolder">The folder below which the <c>file_name</c>s are found.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="DatasetException">
    /// The file cannot be read or is not well formed, a key is missing, an id is unknown or given twice, a file name is
    /// absolute or leaves the folder, an image file does not exist.
    /// </exception>
    public static DetectionDataset Load(string json, string imageFolder, CocoOptions? options = null)
    {
        var file = new JsonSource(json);
        options ??= new();
        var content = new CocoParser(file, outlines: options.Outlines).Parse();
        var folder = new ImageFolder(imageFolder, options.MissingImages);
        return new CocoAssembly(file, folder).Build(content);
    }

    /// <summary>
    /// Writes a data set as a COCO annotation file, category ids and annotation ids as they were read.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="json">The file to write.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void Save(DetectionDataset dataset, string json, bool overwrite = false)
    {
        using var stream = OutputFile.Create(json, overwrite);
        CocoWriter.Write(dataset, stream);
    }
}
