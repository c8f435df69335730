using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

/// <summary>One annotation file and the picture x.png of 40 x 20 pixels beside it.</summary>
internal sealed class SmallFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallFile(DatasetFormat format, string name, string content)
    {
        (Format, Path) = (format, _folder.Write(name, content));
        SampleData.WritePicture(_folder.File("x.png"), 40, 20);
    }

    public DatasetFormat Format { get; }

    public string Path { get; }

    public string Folder => _folder.Path;

    public DetectionDataset Load(DatasetOptions? options = null)
    {
        Assert.AreSame(Format, DatasetFormat.Detect(Path));
        return Format.Load(Path, options);
    }

    /// <summary>The error must name the file, the place and what was found.</summary>
    public void Refuses(string place, string found)
    {
        var error = Assert.ThrowsExactly<DatasetException>(() => Format.Load(Path));
        Assert.AreEqual(Path, error.File);
        Assert.AreEqual(place, error.Place);
        Assert.Contains(found, error.Found);
    }

    public void Dispose() => _folder.Dispose();
}
