using MLNet.Detection.Data.Formats;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>
/// A file format of labelled boxes: how it is recognised, read and written. Reading stops with a
/// <see cref="DatasetException"/> on what cannot be understood, and goes on after a single bad box, which it lists in
/// <see cref="DetectionDataset.Problems"/>. Writing replaces nothing unless told to.
/// </summary>
public abstract class DatasetFormat
{
    private protected DatasetFormat()
    {
    }

    /// <summary>COCO's JSON, <see href="https://cocodataset.org/#format-data"/>; also in several files with the same
    /// categories, by a path such as <c>instances-*-of-00008.json</c>.</summary>
    public static DatasetFormat Coco { get; } = new CocoFormat();

    /// <summary>Pascal VOC's folder of XML files.</summary>
    public static DatasetFormat Voc { get; } = new VocFormat();

    /// <summary>
    /// Text files beside the pictures, and a data.yaml with the classes,
    /// <see href="https://docs.ultralytics.com/datasets/detect/"/>.
    /// </summary>
    public static DatasetFormat Yolo { get; } = new YoloFormat();

    /// <summary>Create ML's JSON, <see href="https://developer.apple.com/documentation/createml"/>.</summary>
    public static DatasetFormat CreateML { get; } = new CreateMLFormat();

    /// <summary>Azure ML's JSON lines,
    /// <see href="https://learn.microsoft.com/azure/machine-learning/reference-automl-images-schema"/>.</summary>
    public static DatasetFormat AzureML { get; } = new AzureMLFormat();

    /// <summary>The JSON export of VoTT, <see href="https://github.com/microsoft/VoTT"/>.</summary>
    public static DatasetFormat Vott { get; } = new VottFormat();

    /// <summary>A line a box, fields quoted as RFC 4180 says; the columns are found by their names.</summary>
    public static DatasetFormat Csv { get; } = new CsvFormat();

    /// <summary>A JSON file beside each picture, <see href="https://github.com/wkentaro/labelme"/>.</summary>
    public static DatasetFormat LabelMe { get; } = new LabelMeFormat();

    /// <summary>All formats.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } =
        [Coco, Voc, Yolo, CreateML, AzureML, Vott, Csv, LabelMe];

    /// <summary>The name on a command line: "coco".</summary>
    public abstract string Name { get; }

    /// <summary>What a path of this format is.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it keeps outlines of objects beside their boxes.</summary>
    public bool HoldsOutlines => Holds.HasFlag(DatasetTraits.Outlines);

    private protected abstract DatasetTraits Holds { get; }

    /// <summary>The format of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public static DatasetFormat Named(string name) =>
        All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException(
            $"'{name}' is no format of data sets; there are {string.Join(", ", All.Select(format => format.Name))}.");

    /// <summary>The format of a file or folder, found out from its content.</summary>
    /// <exception cref="DatasetException">
    /// There is nothing at the path, no format recognises it, or it is JSON that is not well formed.
    /// </exception>
    public static DatasetFormat Detect(string path)
    {
        if (CocoShards.IsPattern(path) && Coco.Recognizes(path))
            return Coco;
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DatasetException(path, "", "there is no such file or folder", "Correct the path.");
        return All.FirstOrDefault(format => format.Recognizes(path)) ?? throw new DatasetException(
            path, "", "no format recognises this " + (File.Exists(path) ? "file" : "folder"),
            "Expected " + string.Join("; ", All.Select(f => $"{f.Name}: {f.Description}")) + ".");
    }

    /// <summary>Whether a file or folder is of this format, by a look at its content.</summary>
    /// <exception cref="DatasetException">It is JSON that is not well formed.</exception>
    public abstract bool Recognizes(string path);

    /// <summary>The parts that the data set at a path names; empty when the format or data set has none.</summary>
    public virtual IReadOnlyList<string> Splits(string path) => [];

    /// <summary>Reads a data set; pictures stay on disk.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="DatasetException">
    /// Something is missing or not well formed, a class is unknown, a picture does not exist or its name leaves the
    /// image folder; the message names file and place.
    /// </exception>
    public abstract DetectionDataset Load(string path, DatasetOptions? options = null);

    /// <summary>
    /// Reads all parts of a data set that has some, or the one that the options name, or else the data set as a whole.
    /// Classes that the format leaves open are those of the first part, then those that only later ones have.
    /// </summary>
    /// <inheritdoc cref="Load"/>
    public IReadOnlyList<DatasetSplit> LoadSplits(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var names = options.Split is null ? Splits(path) : [];
        if (names.Count == 0)
            return [new(options.Split ?? "", Load(path, options))];
        List<DatasetSplit> splits = [.. names.Select(name => Part(name, options))];
        string[] classes = [.. splits.SelectMany(part => ClassNames(part.Dataset)).Distinct()];
        var known = options with { Categories = classes };
        return splits.All(part => ClassNames(part.Dataset).SequenceEqual(classes)) ? splits
            : [.. names.Select(name => Part(name, known))];

        DatasetSplit Part(string name, DatasetOptions how) => new(name, Load(path, how with { Split = name }));
    }

    /// <summary>Writes annotations. The pictures belong into <see cref="ImageFolder"/>, and are not copied.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="path">A file or folder, as <see cref="Description"/> says.</param>
    /// <param name="overwrite">Whether files of the same names are replaced.</param>
    /// <exception cref="IOException">
    /// A file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    /// <exception cref="DatasetException">Two images would share an annotation file.</exception>
    public void Save(DetectionDataset dataset, string path, bool overwrite = false) =>
        Save([new("", dataset)], path, overwrite);

    /// <summary>Writes the parts of a data set: a file a part, or all of them into one folder.</summary>
    /// <param name="splits">The parts, with the same classes.</param>
    /// <param name="path">
    /// A file or folder, as <see cref="Description"/> says; with several parts, the file of each has the part's name
    /// added: data_train.json.
    /// </param>
    /// <param name="overwrite">Whether files of the same names are replaced.</param>
    /// <exception cref="IOException">
    /// A file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    /// <exception cref="DatasetException">Two images would share an annotation file.</exception>
    /// <exception cref="ArgumentException">There is no part, or their classes differ.</exception>
    public void Save(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite = false)
    {
        if (splits.Count == 0)
            throw new ArgumentException("There is nothing to write: no part was given.", nameof(splits));
        foreach (var split in splits)
            if (!split.Dataset.Categories.SequenceEqual(splits[0].Dataset.Categories))
                throw new ArgumentException(
                    $"{split.Dataset.Source} has the classes {Names(split)}, but {splits[0].Dataset.Source} has "
                    + $"{Names(splits[0])}; parts of a data set need the same ones.", nameof(splits));
        Write(splits, path, overwrite);
    }

    /// <summary>The files that <see cref="Save(IReadOnlyList{DatasetSplit}, string, bool)"/> writes, or the folder that it
    /// writes into.</summary>
    /// <param name="splits">The parts.</param>
    /// <param name="path">The file or folder.</param>
    public virtual IReadOnlyList<string> Files(IReadOnlyList<DatasetSplit> splits, string path) => [path];

    /// <summary>The folder where the pictures of a written data set belong, under their file names.</summary>
    /// <param name="path">Where the annotations were written.</param>
    /// <param name="split">The part; empty when there are none.</param>
    public abstract string ImageFolder(string path, string split = "");

    /// <summary>What of a data set is lost in this format; empty when it comes back the same.</summary>
    public IReadOnlyList<ConversionLoss> Losses(DetectionDataset dataset) => new LossCount(dataset, Holds).List();

    private protected abstract void Write(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite);

    // An outline as the one polygon that formats of polygons hold; null where it has no area that could be one.
    internal static float[]? PolygonOf(LabeledBox box, LabeledImage image) => box.Outline is { } outline
        && Contours.OnePolygon(outline, image.Width, image.Height) is { Length: >= 6 } polygon ? polygon : null;

    // A group that is not marked as one would be learnt as an object.
    private protected IEnumerable<LabeledBox> Writable(LabeledImage image) =>
        image.Boxes.Where(box => !box.Crowd || Holds.HasFlag(DatasetTraits.Crowd));

    private static IEnumerable<string> ClassNames(DetectionDataset dataset) =>
        dataset.Categories.Select(category => category.Name);

    private static string Names(DatasetSplit split) =>
        string.Join(", ", split.Dataset.Categories.Select(category => $"{category.Id} {category.Name}"));
}
