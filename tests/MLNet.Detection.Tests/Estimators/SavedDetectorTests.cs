using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class SavedDetectorTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Built_in_transformers_find_what_the_detector_finds()
    {
        var data = Data();
        using var detector = new DetectorTransformer(TinyDetector.Model);
        Same(detector.Transform(data), detector.ToBuiltIn().Transform(data));
    }

    [TestMethod]
    public void Columns_have_the_names_of_the_options()
    {
        var options = new DetectorTransformer.Options
        {
            ImageColumnName = "Photo", PredictedLabelColumnName = "What", PredictedBoundingBoxColumnName = "Where",
            ScoreColumnName = "HowSure",
        };
        var data = ml.Data.LoadFromEnumerable([new Other { Photo = TinyDetector.Noise(1) }]);
        using var detector = new DetectorTransformer(TinyDetector.Model, options);
        var view = detector.ToBuiltIn().Transform(data);
        CollectionAssert.AreEqual(
            new[] { "Photo", "What", "Where", "HowSure" }, view.Schema.Select(column => column.Name).ToArray());
        Assert.HasCount(Rows.Vectors<float>(view, "HowSure")[0].Length, Rows.Vectors<uint>(view, "What")[0]);
    }

    [TestMethod]
    public void An_unreadable_image_is_an_error_as_nobody_would_be_told_of_it()
    {
        var data = ml.Data.LoadFromEnumerable(
            [new Row { Image = TinyDetector.Noise(2) }, new Row { Image = [1, 2, 3] }]);
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var error = Assert.Throws<Exception>(() => Rows.Vectors<float>(detector.ToBuiltIn().Transform(data), "Score"));
        var found = error as UnreadableImageException ?? error.InnerException as UnreadableImageException;
        Assert.IsNotNull(found, $"{error}");
        StringAssert.Contains(found.Message, "the row's image: the image file is none of JPEG");
        // The transformer itself has a log.
        Assert.IsEmpty(Rows.Vectors<float>(detector.Transform(data), "Score")[1]);
    }

    [TestMethod, TestCategory("ModelFile")]
    public void A_model_file_of_ML_NET_loads_in_another_context_and_finds_the_same()
    {
        using var folder = new TemporaryFolder();
        var data = Data();
        using var detector = new DetectorTransformer(TinyDetector.Model);
        Save(detector, data, folder.File("detector.zip"));
        var other = new MLContext();
        var loaded = other.Model.Load(folder.File("detector.zip"), out var schema);
        CollectionAssert.AreEqual(
            data.Schema.Select(column => column.Name).ToArray(), schema.Select(column => column.Name).ToArray());
        Same(detector.Transform(data), loaded.Transform(data));
    }

    [TestMethod, TestCategory("ModelFile")]
    public void A_chain_with_training_steps_is_saved_for_scoring()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var decoded = ml.Detection().DecodeImage().Fit(data).Transform(data);
        var chain = new TransformerChain<ITransformer>(
            [ml.Detection().RandomHorizontalFlip().Fit(decoded), detector],
            [TransformerScope.Training, TransformerScope.Everything]);
        Save(chain, decoded, folder.File("chain.zip"));
        var loaded = new MLContext().Model.Load(folder.File("chain.zip"), out _);
        Same(detector.Transform(data), loaded.Transform(data));
    }

    private void Save(ITransformer model, IDataView data, string path)
    {
        try
        {
            ml.Model.Save(model, data.Schema, path);
        }
        catch (NotSupportedException error) when (error.Message.Contains("contract subset"))
        {
            Assert.Inconclusive(error.Message);
        }
    }

    private static void Same(IDataView expected, IDataView actual)
    {
        foreach (var column in new[] { "PredictedBoundingBoxes", "Score" })
            foreach (var (a, b) in Rows.Vectors<float>(expected, column).Zip(Rows.Vectors<float>(actual, column)))
                CollectionAssert.AreEqual(a, b, new Near(), column);
        foreach (var (a, b) in Rows.Vectors<uint>(expected, "PredictedLabel")
            .Zip(Rows.Vectors<uint>(actual, "PredictedLabel")))
            CollectionAssert.AreEqual(a, b);
        Assert.AreEqual(Names(expected), Names(actual));
        Assert.IsGreaterThan(0, Rows.Vectors<float>(actual, "Score").Sum(scores => scores.Length));
    }

    private static string Names(IDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["PredictedLabel"].GetKeyValues(ref names);
        return string.Join(",", names.DenseValues());
    }

    private IDataView Data() => ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, 5).Select(seed => new Row { Image = TinyDetector.Noise(seed) }).ToList());

    // Batches of eight and of one picture sum in another order.
    private sealed class Near : System.Collections.IComparer
    {
        public int Compare(object? x, object? y) => Math.Abs((float)x! - (float)y!) < 1e-3f ? 0 : 1;
    }

    private sealed class Row
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class Other
    {
        public byte[] Photo { get; set; } = [];
    }
}
