using MLNet.Detection.Data;

namespace MLNet.Detection;

/// <content>Data sets.</content>
public sealed partial class DetectionCatalog
{
    /// <summary>Loads a data set in COCO's format; the images stay on disk until they are asked for.</summary>
    /// <param name="json">The annotation file.</param>
    /// <param name="imageFolder">The folder below which its file names are found.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>.</returns>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public DetectionDataView LoadFromCoco(string json, string imageFolder) => LoadFromCoco(json, imageFolder, new());

    /// <summary>Loads a data set in COCO's format, with options.</summary>
    /// <inheritdoc cref="LoadFromCoco(string, string)"/>
    public DetectionDataView LoadFromCoco(string json, string imageFolder, CocoOptions options) =>
        View(CocoDataset.Load(json, imageFolder, options));

    /// <summary>Loads a data set in Pascal VOC's layout; the images stay on disk until they are asked for.</summary>
    /// <param name="folder">The folder that holds <c>Annotations</c> and <c>JPEGImages</c>.</param>
    /// <param name="split">Name of a list in <c>ImageSets/Main</c>; null: all images.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>.</returns>
    /// <exception cref="DatasetException">Something is wrong with the annotations; the message names file and
    /// place.</exception>
    public DetectionDataView LoadFromVoc(string folder, string? split = null) => LoadFromVoc(folder, split, new());

    /// <summary>Loads a data set in Pascal VOC's layout, with options.</summary>
    /// <inheritdoc cref="LoadFromVoc(string, string)"/>
    public DetectionDataView LoadFromVoc(string folder, string? split, VocOptions options) =>
        View(VocDataset.Load(folder, split, options));

    /// <summary>Loads pictures with masks; the files stay on disk until they are asked for.</summary>
    /// <param name="path">The file or folder; see <see cref="MaskFormat"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="format">The form; null: found out from the files.</param>
    /// <returns>One row an image, with the columns of <see cref="DetectionColumns"/>, <c>Mask</c> among them.</returns>
    /// <exception cref="DatasetException">No form recognises it, or something is wrong with the masks; the message names file
    /// and remedy.</exception>
    public DetectionDataView LoadMasks(string path, MaskOptions? options = null, MaskFormat? format = null) =>
        View((format ?? MaskFormat.Detect(path)).Load(path, options));

    /// <summary>
    /// A data set with the classes of a detector, or of the training data, found by their names; see
    /// <see cref="DetectionDataset.WithClasses"/>. Classes that are in only one of the two are named in the log.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="classes">The names wanted, in their order.</param>
    /// <exception cref="ArgumentException">A name is given twice, or none is in the data set.</exception>
    public DetectionDataView WithClasses(DetectionDataView data, IReadOnlyList<string> classes)
    {
        var dataset = data.Dataset.WithClasses(classes);
        Tell(dataset.Source, [.. dataset.Problems.Skip(data.Dataset.Problems.Length)]);
        return new(dataset);
    }

    /// <summary>A view of a data set; its problems go to the log.</summary>
    internal DetectionDataView View(DetectionDataset dataset)
    {
        Tell(dataset.Source, dataset.Problems);
        return new(dataset);
    }
}
