using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

/// <summary>A data set in several COCO files.</summary>
[TestClass]
public sealed class CocoShardsTests
{
    private readonly TemporaryFolder _folder = new();
    private readonly DetectionDataset _whole;
    private readonly DatasetOptions _options;

    public CocoShardsTests()
    {
        var shapes = ShapesGenerator.Write(_folder.File("shapes"), new() { Width = 48, Height = 40, Train = 7, Val = 0, Test = 0 });
        _whole = CocoDataset.Load(shapes.Train, shapes.Images);
        _options = new() { ImageFolder = shapes.Images };
    }

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    [TestMethod]
    public void TheyAreOneDataSet()
    {
        Write(3);
        var path = _folder.File("instances-*-of-00003.json");
        Assert.AreSame(DatasetFormat.Coco, DatasetFormat.Detect(path));
        var found = DatasetFormat.Coco.Load(path, _options);
        CollectionAssert.AreEqual(_whole.Categories, found.Categories);
        CollectionAssert.AreEqual(_whole.Images.Select(image => image.Path).ToList(), found.Images.Select(image => image.Path).ToList());
        CollectionAssert.AreEqual(_whole.Images.SelectMany(image => image.Boxes).ToList(),
            found.Images.SelectMany(image => image.Boxes).ToList());
    }

    [TestMethod]
    public void AMissingPartIsRefused()
    {
        Write(3);
        File.Delete(_folder.File("instances-00001-of-00003.json"));
        Refused("instances-*.json", "1 of 3 parts are missing, the first is number 1");
    }

    [TestMethod]
    public void PartsOfTwoSetsAreRefused()
    {
        Write(2);
        Write(3);
        Refused("instances-*.json", "not of one set");
        Assert.HasCount(7, DatasetFormat.Coco.Load(_folder.File("instances-*-of-00002.json"), _options).Images);
    }

    [TestMethod]
    public void OtherCategoriesAreRefused()
    {
        Write(2);
        CocoDataset.Save(new("", _whole.Categories.Select(c => c with { Name = c.Name + "s" }), []), _folder.File("instances-00001-of-00002.json"),
            overwrite: true);
        Refused("instances-*.json", "the categories are not those of");
    }

    [TestMethod]
    public void AnImageInTwoPartsIsRefused()
    {
        CocoDataset.Save(_whole, _folder.File("a1.json"));
        CocoDataset.Save(_whole, _folder.File("a2.json"));
        Refused("a*.json", "a1.json too");
    }

    [TestMethod]
    public void APatternWithoutFilesIsRefused()
    {
        Refused("none-*.json", "no file has such a name");
        Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Detect(_folder.File("none-*.json")));
    }

    private void Write(int parts)
    {
        for (var part = 0; part < parts; part++)
            CocoDataset.Save(new("", _whole.Categories, _whole.Images.Skip(part * 7 / parts).Take((part + 1) * 7 / parts - part * 7 / parts)),
                _folder.File($"instances-{part:d5}-of-{parts:d5}.json"));
    }

    private void Refused(string pattern, string message) => StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(
        () => DatasetFormat.Coco.Load(_folder.File(pattern), _options)).Message, message);
}
