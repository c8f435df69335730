namespace MLNet.Detection.Data.Formats;

/// <summary>A file format whose boxes name their classes instead of numbering them.</summary>
internal abstract class NamedClassFormat : FileFormat
{
    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var assembly = new DatasetAssembly(
            path, new ImageFolder(ImagesOf(path, options), options.MissingImages), options.Categories);
        foreach (var image in Read(path, assembly, options))
            assembly.Add(image);
        return assembly.Build();
    }

    /// <summary>Reads the images, one after the other.</summary>
    protected abstract IEnumerable<FoundImage> Read(
        string path, DatasetAssembly assembly, DatasetOptions options);
}
