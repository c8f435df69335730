namespace MLNet.Detection.Data.Formats;

/// <summary>COCO's JSON; it holds everything.</summary>
internal sealed class CocoFormat : FileFormat
{
    public override string Name => "coco";

    public override string Description => "a JSON file with \"images\", \"annotations\" and \"categories\"";

    private protected override DatasetTraits Holds =>
        DatasetTraits.Crowd | DatasetTraits.Difficult | DatasetTraits.Areas | DatasetTraits.Classes | DatasetTraits.Ids;

    public override bool Recognizes(string path) =>
        JsonKind.HasProperty(path, "images", "annotations", "categories");

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var dataset = CocoDataset.Load(
            path, ImagesOf(path, options),
            new CocoOptions { MissingImages = options.MissingImages, Outlines = options.Outlines });
        return options.Categories is { } wanted ? dataset.WithClasses(wanted) : dataset;
    }

    protected override void Write(DetectionDataset dataset, Stream file) => CocoWriter.Write(dataset, file);
}
