using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Images;
using MLNet.Detection.Tests.Interop;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Estimators;

/// <summary>Columns of ML.NET's own images in the place of image files.</summary>
[TestClass]
public sealed class ImageColumnTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Every_step_gives_what_it_gives_for_files()
    {
        using var folder = new TemporaryFolder();
        var files = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var images = Loaded(files, folder.Path);
        foreach (var data in new IDataView[] { files, images })
            Assert.AreEqual(data == images, data.Schema["Image"].Type is ImageDataViewType);
        Same(files, images, new ResizedSteps(ml).Pixels);
        Same(files, images, data => ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data).Transform(data));
        var pictures = Rows.Values<RgbImage>(ml.Detection().DecodeImage().Fit(images).Transform(images), "Picture");
        var expected = Rows.Values<RgbImage>(ml.Detection().DecodeImage().Fit(files).Transform(files), "Picture");
        foreach (var (a, b) in expected.Zip(pictures))
            CollectionAssert.AreEqual(a.Pixels, b.Pixels);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void A_detector_finds_the_same_and_the_images_stay_usable(int batch)
    {
        using var folder = new TemporaryFolder();
        var files = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = batch });
        var scored = detector.Transform(Loaded(files, folder.Path));
        foreach (var column in new[] { "Score", "PredictedBoundingBoxes" })
            Equal(Rows.Vectors<float>(detector.Transform(files), column), Rows.Vectors<float>(scored, column));
        // ExtractPixels disposes the image that it reads.
        var after = ml.Transforms.ResizeImages("Small", 8, 8, "Image")
            .Append(ml.Transforms.ExtractPixels("Numbers", "Small")).Fit(scored).Transform(scored);
        Assert.HasCount(5, Rows.Vectors<float>(after, "Numbers"));
        using var cursor = after.GetRowCursor(after.Schema);
        var (numbers, scores) = (cursor.GetGetter<VBuffer<float>>(after.Schema["Numbers"]),
            cursor.GetGetter<VBuffer<float>>(after.Schema["Score"]));
        VBuffer<float> value = default;
        for (var row = 0; cursor.MoveNext(); row++)
        {
            numbers(ref value);
            Assert.AreEqual(3 * 8 * 8, value.Length);
            scores(ref value);
            Assert.AreEqual(Rows.Vectors<float>(scored, "Score")[row].Length, value.Length);
        }
    }

    [TestMethod]
    public void Images_in_memory_are_never_disposed_and_both_orders_of_colours_are_read()
    {
        byte[] bgra = [10, 20, 30, 255, 40, 50, 60, 255], rgba = [30, 20, 10, 255, 60, 50, 40, 255];
        var rows = new[] { (MLPixelFormat.Bgra32, bgra), (MLPixelFormat.Rgba32, rgba) }
            .Select(kind => new InMemory { Image = MLImage.CreateFromPixels(2, 1, kind.Item1, kind.Item2) }).ToList();
        var data = ml.Data.LoadFromEnumerable(rows);
        for (var pass = 0; pass < 2; pass++)
            foreach (var picture in Rows.Values<RgbImage>(ml.Detection().DecodeImage().Fit(data).Transform(data), "Picture"))
                CollectionAssert.AreEqual(new byte[] { 30, 20, 10, 60, 50, 40 }, picture.Pixels);
        using var detector = new DetectorTransformer(TinyDetector.Model);
        Assert.HasCount(2, Rows.Vectors<float>(detector.Transform(data), "Score"));
        using var engine = ml.Model.CreatePredictionEngine<InMemory, Found>(detector, new PredictionEngineOptions
        {
            OwnsTransformer = false,
        });
        foreach (var row in rows)
            engine.Predict(row);
        foreach (var row in rows)
            Assert.AreEqual(8, row.Image!.Pixels.Length);
    }

    [TestMethod]
    public void A_prediction_engine_takes_an_image()
    {
        using var folder = new TemporaryFolder();
        TinyCoco.Write(folder);
        using var detector = new DetectorTransformer(TinyDetector.Model);
        using var engine = ml.Model.CreatePredictionEngine<InMemory, Found>(detector, new PredictionEngineOptions
        {
            OwnsTransformer = false,
        });
        using var files = ml.Model.CreatePredictionEngine<Encoded, Found>(detector, new PredictionEngineOptions
        {
            OwnsTransformer = false,
        });
        for (var i = 0; i < 5; i++)
        {
            var expected = files.Predict(new() { Image = File.ReadAllBytes(folder.File($"{i}.png")) });
            using var image = MLImage.CreateFromFile(folder.File($"{i}.png"));
            CollectionAssert.AreEqual(expected.Score, engine.Predict(new() { Image = image }).Score);
        }
    }

    [TestMethod]
    public void Training_on_images_learns_what_training_on_files_learns()
    {
        using var run = new SmallRun();
        var files = new DetectionDataView(run.Train);
        var options = run.Options(epochs: 1);
        var expected = new FineTuneTrainer(ml, options).Train(files);
        var actual = new FineTuneTrainer(ml, options).Train(Loaded(files, run.Files.Images));
        Assert.IsEmpty(actual.SkippedImages);
        CollectionAssert.AreEqual(SmallRun.Weights(expected.Detector), SmallRun.Weights(actual.Detector));
        var eager = SmallRun.Detector with { Decoder = SmallRun.Detector.Decoder with { ScoreThreshold = 0.001f } };
        var data = Loaded(files, run.Files.Images);
        using var fitted = new FineTuneTrainer(ml, run.Options(epochs: 1, detector: eager)).Fit(data);
        Equal(Rows.Vectors<float>(fitted.Transform(data), "Score"),
            Rows.Vectors<float>(fitted.ToBuiltIn().Transform(data), "Score"), 1e-3);
    }

    // LoadImages multiplies colours by alpha in eight bits, so that up to 255 / 2a levels of them are lost.
    [TestMethod]
    public void Alpha_is_taken_out_again()
    {
        using var folder = new TemporaryFolder();
        byte[] samples = [200, 100, 50, 255, 200, 100, 50, 128, 200, 100, 50, 64, 9, 9, 9, 0];
        File.WriteAllBytes(folder.File("a.png"), PngFile.Write(4, 1, 6, samples));
        var data = Loaded(ml.Data.LoadFromEnumerable([new Named { FileName = "a.png" }]), folder.Path);
        var pixels = Rows.Values<RgbImage>(ml.Detection().DecodeImage().Fit(data).Transform(data), "Picture")[0].Pixels;
        for (var i = 0; i < 9; i++)
            Assert.AreEqual(samples[i / 3 * 4 + i % 3], pixels[i], i < 3 ? 0 : i < 6 ? 1.0 : 2.0);
        CollectionAssert.AreEqual(new byte[] { 0, 0, 0 }, pixels[9..]);
    }

    [TestMethod]
    public void Orientation_is_not_known_of_an_image()
    {
        var data = Loaded(ml.Data.LoadFromEnumerable([new Named { FileName = "exif6.jpg" }]),
            References.PathOf("images", ""));
        var picture = Rows.Values<RgbImage>(ml.Detection().DecodeImage().Fit(data).Transform(data), "Picture")[0];
        using var upright = new ImageDecoder();
        using var stored = new ImageDecoder(new() { ApplyOrientation = false });
        var path = References.PathOf("images", "exif6.jpg");
        CollectionAssert.AreEqual(stored.DecodeFile(path).Pixels, picture.Pixels);
        Assert.AreEqual(picture.Width, upright.DecodeFile(path).Height);
    }

    [TestMethod]
    public void A_file_that_LoadImages_cannot_read_is_named_and_listed()
    {
        using var folder = new TemporaryFolder();
        var files = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        File.WriteAllBytes(folder.File("1.png"), [1, 2, 3]);
        File.Delete(folder.File("3.png"));
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 2 });
        var scores = Rows.Vectors<float>(detector.Transform(Loaded(files, folder.Path)), "Score");
        Assert.IsEmpty(scores[1]);
        Assert.IsEmpty(scores[3]);
        CollectionAssert.AreEqual(new[] { "1.png", "3.png" },
            detector.UnreadableImages.Select(error => error.File).ToArray());
        Assert.StartsWith("1.png: the ", detector.UnreadableImages[0].Message);
    }

    // Why there is an attribute of our own.
    [TestMethod]
    public void ML_NET_has_no_attribute_for_images_of_any_size()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageTypeAttribute().Register());
        Assert.AreEqual("height", error.ParamName);
    }

    private static IDataView Loaded(IDataView data, string folder) =>
        new MLContext().Transforms.LoadImages("Image", folder, "FileName").Fit(data).Transform(data);

    private static void Same(IDataView files, IDataView images, Func<IDataView, IDataView> step) =>
        Equal(Rows.Vectors<float>(step(files), "Pixels"), Rows.Vectors<float>(step(images), "Pixels"));

    private static void Equal(List<float[]> expected, List<float[]> actual, double tolerance = 0)
    {
        Assert.HasCount(expected.Count, actual);
        Assert.IsTrue(expected.Any(row => row.Length > 0));
        foreach (var (a, b) in expected.Zip(actual))
        {
            Assert.HasCount(a.Length, b);
            for (var i = 0; i < a.Length; i++)
                Assert.AreEqual(a[i], b[i], tolerance);
        }
    }

    private sealed class ResizedSteps(MLContext ml)
    {
        public IDataView Pixels(IDataView data) => ml.Detection().DecodeImage()
            .Append(ml.Detection().ResizeImage(16, 16)).Append(ml.Detection().NormalizeImage(16, 16))
            .Fit(data).Transform(data);
    }

    private sealed class Named
    {
        public string FileName { get; set; } = "";
    }

    private sealed class Encoded
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class InMemory
    {
        [AnyImage]
        public MLImage? Image { get; set; }
    }

    private sealed class Found
    {
        public float[] Score { get; set; } = [];
    }
}
