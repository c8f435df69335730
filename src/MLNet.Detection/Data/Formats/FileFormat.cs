namespace MLNet.Detection.Data.Formats;

/// <summary>A format that keeps all annotations in one file; of several parts each has a file of its own.</summary>
internal abstract class FileFormat : DatasetFormat
{
    private protected override void Write(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite)
    {
        // All or none: the files are opened before the first one is written.
        var files = new List<FileStream>();
        try
        {
            foreach (var file in Files(splits, path))
                files.Add(OutputFile.Create(file, overwrite));
            foreach (var (split, file) in splits.Zip(files))
                Write(split.Dataset, file);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    public override IReadOnlyList<string> Files(IReadOnlyList<DatasetSplit> splits, string path) =>
        [.. splits.Select(split => splits.Count == 1 ? path : PathOf(path, split.Name))];

    public override string ImageFolder(string path, string split = "") =>
        Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Writes a part; the stream is the caller's.</summary>
    protected abstract void Write(DetectionDataset dataset, Stream file);

    protected string ImagesOf(string path, DatasetOptions options) => options.ImageFolder ?? ImageFolder(path);

    private static string PathOf(string path, string split) => split.Length == 0 ? path : Path.Combine(
        Path.GetDirectoryName(path)!, $"{Path.GetFileNameWithoutExtension(path)}_{split}{Path.GetExtension(path)}");
}
