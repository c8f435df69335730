using MLNet.Detection.Data;

namespace MLNet.Detection;

/// <summary>
/// Data sets of every <see cref="DatasetFormat"/> on <c>ml.Detection()</c>: loaded as one row an image, with the
/// columns of <see cref="DetectionColumns"/>, pictures staying on disk until they are asked for; and saved.
/// </summary>
/// <example><code>
/// var train = ml.Detection().LoadFromYolo("data.yaml", "train");
/// ml.Detection().SaveAsCoco(train, "instances_train.json");
/// </code></example>
public static class DatasetCatalog
{
    /// <summary>Loads a data set of any format.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="format">The format; null: found out from the files.</param>
    /// <exception cref="DatasetException">No format recognises it, or something is wrong with the annotations; the
    /// message names file and place.</exception>
    public static DetectionDataView LoadDataset(
        this DetectionCatalog catalog, string path, DatasetOptions? options = null, DatasetFormat? format = null) =>
        catalog.Load(format ?? DatasetFormat.Detect(path), path, options);

    /// <summary>Loads a YOLO data set: text files with labels, and a data.yaml with the classes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The yaml file, or the folder that holds it.</param>
    /// <param name="split">The part: train, val or test; null for all images.</param>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public static DetectionDataView LoadFromYolo(this DetectionCatalog catalog, string path, string? split = null) =>
        catalog.LoadFromYolo(path, new DatasetOptions { Split = split });

    /// <summary>Loads a YOLO data set, with options.</summary>
    /// <inheritdoc cref="LoadFromYolo(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromYolo(this DetectionCatalog catalog, string path, DatasetOptions options) =>
        catalog.Load(DatasetFormat.Yolo, path, options);

    /// <summary>Loads a data set in Create ML's JSON.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The annotation file.</param>
    /// <param name="imageFolder">The folder below which its file names are found; null: the folder of the file.</param>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public static DetectionDataView LoadFromCreateML(
        this DetectionCatalog catalog, string path, string? imageFolder = null) =>
        catalog.LoadFromCreateML(path, new DatasetOptions { ImageFolder = imageFolder });

    /// <summary>Loads a data set in Create ML's JSON, with options.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromCreateML(
        this DetectionCatalog catalog, string path, DatasetOptions options) =>
        catalog.Load(DatasetFormat.CreateML, path, options);

    /// <summary>Loads a data set in Azure ML's JSON lines.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromAzureML(
        this DetectionCatalog catalog, string path, string? imageFolder = null) =>
        catalog.LoadFromAzureML(path, new DatasetOptions { ImageFolder = imageFolder });

    /// <summary>Loads a data set in Azure ML's JSON lines, with options.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromAzureML(
        this DetectionCatalog catalog, string path, DatasetOptions options) =>
        catalog.Load(DatasetFormat.AzureML, path, options);

    /// <summary>Loads a data set in VoTT's JSON export.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromVott(
        this DetectionCatalog catalog, string path, string? imageFolder = null) =>
        catalog.LoadFromVott(path, new DatasetOptions { ImageFolder = imageFolder });

    /// <summary>Loads a data set in VoTT's JSON export, with options.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromVott(
        this DetectionCatalog catalog, string path, DatasetOptions options) =>
        catalog.Load(DatasetFormat.Vott, path, options);

    /// <summary>Loads a data set in a CSV file with a line a box.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromCsv(
        this DetectionCatalog catalog, string path, string? imageFolder = null) =>
        catalog.LoadFromCsv(path, new DatasetOptions { ImageFolder = imageFolder });

    /// <summary>Loads a data set in a CSV file with a line a box, with options.</summary>
    /// <inheritdoc cref="LoadFromCreateML(DetectionCatalog, string, string)"/>
    public static DetectionDataView LoadFromCsv(
        this DetectionCatalog catalog, string path, DatasetOptions options) =>
        catalog.Load(DatasetFormat.Csv, path, options);

    /// <summary>Loads a data set in LabelMe's format: a JSON file beside each picture.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="folder">The folder; those below it are read too.</param>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public static DetectionDataView LoadFromLabelMe(this DetectionCatalog catalog, string folder) =>
        catalog.LoadFromLabelMe(folder, new());

    /// <summary>Loads a data set in LabelMe's format, with options.</summary>
    /// <inheritdoc cref="LoadFromLabelMe(DetectionCatalog, string)"/>
    public static DetectionDataView LoadFromLabelMe(
        this DetectionCatalog catalog, string folder, DatasetOptions options) =>
        catalog.Load(DatasetFormat.LabelMe, folder, options);

    /// <summary>Saves as COCO's JSON.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data set.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <returns>What the format cannot hold.</returns>
    /// <exception cref="IOException">The file exists and <paramref name="overwrite"/> is false, or cannot be
    /// written.</exception>
    public static IReadOnlyList<ConversionLoss> SaveAsCoco(
        this DetectionCatalog catalog, DetectionDataView data, string path, bool overwrite = false) =>
        Save(DatasetFormat.Coco, data, path, overwrite);

    /// <summary>Saves in Pascal VOC's layout; the pictures belong into its folder JPEGImages.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data set.</param>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="overwrite">Whether the folder may hold files, which are replaced where names are the same.</param>
    /// <returns>What the format cannot hold.</returns>
    /// <exception cref="IOException">The folder is not empty and <paramref name="overwrite"/> is false; writing
    /// fails.</exception>
    public static IReadOnlyList<ConversionLoss> SaveAsVoc(
        this DetectionCatalog catalog, DetectionDataView data, string folder, bool overwrite = false) =>
        Save(DatasetFormat.Voc, data, folder, overwrite);

    /// <summary>Saves as YOLO's text files with a data.yaml; the pictures belong into its folder images.</summary>
    /// <inheritdoc cref="SaveAsVoc"/>
    /// <exception cref="DatasetException">Two pictures would share a label file.</exception>
    public static IReadOnlyList<ConversionLoss> SaveAsYolo(
        this DetectionCatalog catalog, DetectionDataView data, string folder, bool overwrite = false) =>
        Save(DatasetFormat.Yolo, data, folder, overwrite);

    /// <summary>Saves as Create ML's JSON.</summary>
    /// <inheritdoc cref="SaveAsCoco"/>
    public static IReadOnlyList<ConversionLoss> SaveAsCreateML(
        this DetectionCatalog catalog, DetectionDataView data, string path, bool overwrite = false) =>
        Save(DatasetFormat.CreateML, data, path, overwrite);

    /// <summary>Saves as Azure ML's JSON lines, with bare file names for addresses.</summary>
    /// <inheritdoc cref="SaveAsCoco"/>
    public static IReadOnlyList<ConversionLoss> SaveAsAzureML(
        this DetectionCatalog catalog, DetectionDataView data, string path, bool overwrite = false) =>
        Save(DatasetFormat.AzureML, data, path, overwrite);

    /// <summary>Saves as VoTT's JSON export.</summary>
    /// <inheritdoc cref="SaveAsCoco"/>
    public static IReadOnlyList<ConversionLoss> SaveAsVott(
        this DetectionCatalog catalog, DetectionDataView data, string path, bool overwrite = false) =>
        Save(DatasetFormat.Vott, data, path, overwrite);

    /// <summary>Saves as CSV: filename, width, height, class, xmin, ymin, xmax, ymax.</summary>
    /// <inheritdoc cref="SaveAsCoco"/>
    public static IReadOnlyList<ConversionLoss> SaveAsCsv(
        this DetectionCatalog catalog, DetectionDataView data, string path, bool overwrite = false) =>
        Save(DatasetFormat.Csv, data, path, overwrite);

    /// <summary>Saves as LabelMe's JSON files; the pictures belong beside them.</summary>
    /// <inheritdoc cref="SaveAsVoc"/>
    public static IReadOnlyList<ConversionLoss> SaveAsLabelMe(
        this DetectionCatalog catalog, DetectionDataView data, string folder, bool overwrite = false) =>
        Save(DatasetFormat.LabelMe, data, folder, overwrite);

    private static DetectionDataView Load(
        this DetectionCatalog catalog, DatasetFormat format, string path, DatasetOptions? options) =>
        catalog.View(format.Load(path, options));

    private static IReadOnlyList<ConversionLoss> Save(
        DatasetFormat format, DetectionDataView data, string path, bool overwrite)
    {
        format.Save(data.Dataset, path, overwrite);
        return format.Losses(data.Dataset);
    }
}
