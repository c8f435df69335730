namespace MLNet.Detection.Data.Formats;

/// <summary>COCO's JSON, one file or <see cref="CocoShards"/>; it holds everything.</summary>
internal sealed class CocoFormat : FileFormat
{
    public override string Name => "coco";

    public override string Description => "a JSON file with \"images\", \"annotations\" and \"categories\", or "
        + "several, named with a star";

    private protected override DatasetTraits Holds =>
        DatasetTraits.Crowd | DatasetTraits.Difficult | DatasetTraits.Areas | DatasetTraits.Classes | DatasetTraits.Ids
        | DatasetTraits.Outlines;

    public override bool Recognizes(string path) =>
        JsonKind.HasProperty(CocoShards.IsPattern(path) ? CocoShards.Files(path)[0] : path, "images", "annotations", "categories");

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var (folder, how) = (ImagesOf(path, options),
            new CocoOptions { MissingImages = options.MissingImages, Outlines = options.Outlines });
        var dataset = !CocoShards.IsPattern(path) ? CocoDataset.Load(path, folder, how) : CocoShards.Join(
            path, [.. CocoShards.Files(path).Select(file => CocoDataset.Load(file, folder, how))]);
        return options.Categories is { } wanted ? dataset.WithClasses(wanted) : dataset;
    }

    protected override void Write(DetectionDataset dataset, Stream file) => CocoWriter.Write(dataset, file);
}
