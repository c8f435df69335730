using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests;

[TestClass]
public sealed class DatasetCatalogTests
{
    private static readonly DetectionCatalog Catalog = new MLContext().Detection();

    private delegate IReadOnlyList<ConversionLoss> Save(DetectionDataView data, string path, bool overwrite);

    public static IEnumerable<object[]> Verbs =>
    [
        [DatasetFormat.Coco, new Save(Catalog.SaveAsCoco), (string path) => Catalog.LoadFromCoco(path, Folder(path))],
        [DatasetFormat.Voc, new Save(Catalog.SaveAsVoc), (string path) => Catalog.LoadFromVoc(path)],
        [DatasetFormat.Yolo, new Save(Catalog.SaveAsYolo), (string path) => Catalog.LoadFromYolo(path)],
        [DatasetFormat.CreateML, new Save(Catalog.SaveAsCreateML), (string path) => Catalog.LoadFromCreateML(path)],
        [DatasetFormat.AzureML, new Save(Catalog.SaveAsAzureML), (string path) => Catalog.LoadFromAzureML(path)],
        [DatasetFormat.Vott, new Save(Catalog.SaveAsVott), (string path) => Catalog.LoadFromVott(path, Folder(path))],
        [DatasetFormat.Csv, new Save(Catalog.SaveAsCsv), (string path) => Catalog.LoadFromCsv(path)],
        [DatasetFormat.LabelMe, new Save(Catalog.SaveAsLabelMe), (string path) => Catalog.LoadFromLabelMe(path)],
    ];

    [TestMethod]
    [DynamicData(nameof(Verbs))]
    public void What_is_saved_is_loaded(DatasetFormat format, object save, object load)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(RoundTripProperties.FileName(format));
        var losses = ((Save)save)(new(SampleData.Full), path, false);
        CollectionAssert.AreEqual(format.Losses(SampleData.Full).ToArray(), losses.ToArray());
        SampleData.WritePictures(SampleData.Full, format.ImageFolder(path));

        var view = ((Func<string, DetectionDataView>)load)(path);
        Assert.AreEqual(3, view.GetRowCount());
        Assert.AreEqual(view.Dataset.BoxCount, Catalog.LoadDataset(path).Dataset.BoxCount);
        Assert.AreEqual(view.Dataset.BoxCount, Catalog.LoadDataset(path, null, format).Dataset.BoxCount);
        Assert.ThrowsExactly<IOException>(() => ((Save)save)(view, path, false));
        ((Save)save)(view, path, true);
    }

    private static string Folder(string path) => Path.GetDirectoryName(path)!;
}
