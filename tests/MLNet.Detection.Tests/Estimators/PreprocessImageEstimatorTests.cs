using Microsoft.ML;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class PreprocessImageEstimatorTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Pixels_are_those_of_decoder_resize_and_normalization()
    {
        var data = Data([TinyDetector.Noise(1), TinyDetector.Noise(2)]);
        var resize = new ImageResize(40, 24, ResizeMode.Letterbox);
        var view = ml.Detection().PreprocessImage(resize, Normalization.ImageNet).Fit(data).Transform(data);
        var pixels = Rows.Vectors<float>(view, "Pixels");
        var transforms = Rows.Vectors<float>(view, "ResizeTransform");

        using var decoder = new ImageDecoder();
        for (var i = 0; i < 2; i++)
        {
            var picture = resize.Apply(decoder.Decode(TinyDetector.Noise(i + 1), "noise"));
            var planes = new float[3 * 24 * 40];
            Normalization.ImageNet.Write(picture.Image, planes);
            CollectionAssert.AreEqual(planes, pixels[i]);
            var (scaleX, scaleY, offsetX, offsetY) = picture.Transform;
            CollectionAssert.AreEqual(new[] { scaleX, scaleY, offsetX, offsetY }, transforms[i]);
        }
    }

    [TestMethod]
    public void An_image_is_decoded_when_it_is_asked_for_and_once_a_row()
    {
        var counted = new CountedView(Data([TinyDetector.Noise(1), TinyDetector.Noise(2), [1, 2, 3]]));
        var view = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(counted).Transform(counted);
        Assert.AreEqual(0, counted.Rows);

        Assert.HasCount(3, Rows.Values<long>(view, "ImageId"));
        CollectionAssert.AreEqual(new[] { "ImageId" }, counted.Active);
        Assert.IsFalse(counted.Values.ContainsKey("Image"));

        using var cursor = view.GetRowCursor([view.Schema["Pixels"], view.Schema["ResizeTransform"]]);
        CollectionAssert.AreEquivalent(new[] { "Image", "FileName" }, counted.Active);
        cursor.MoveNext();
        cursor.MoveNext();
        Assert.HasCount(3072, Rows.Vector<float>(cursor, "Pixels"));
        Assert.HasCount(4, Rows.Vector<float>(cursor, "ResizeTransform"));
        Assert.AreEqual(1, counted.Values["Image"]);
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["ImageId"]));
        Assert.Contains("ImageId is not active", Assert.ThrowsExactly<InvalidOperationException>(
            () => cursor.GetGetter<long>(view.Schema["ImageId"])).Message);
        Assert.Contains("Pixels is", Assert.ThrowsExactly<InvalidOperationException>(
            () => cursor.GetGetter<float>(view.Schema["Pixels"])).Message);
    }

    [TestMethod]
    public void An_unreadable_image_is_named_by_its_file_or_its_row()
    {
        var data = Data([TinyDetector.Noise(1), [1, 2, 3]]);
        var view = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data).Transform(data);
        Assert.Contains("7001.png: ",
            Assert.ThrowsExactly<UnreadableImageException>(() => Rows.Vectors<float>(view, "Pixels")).Message);
        var unnamed = ml.Detection().PreprocessImage(
            new PreprocessImageEstimator.Options { Resize = TinyDetector.Resize, FileNameColumnName = null })
                .Fit(data).Transform(data);
        Assert.Contains("row 1 of column 'Image': ",
            Assert.ThrowsExactly<UnreadableImageException>(() => Rows.Vectors<float>(unnamed, "Pixels")).Message);
    }

    [TestMethod]
    public void One_row_goes_through_a_prediction_engine()
    {
        var data = Data([TinyDetector.Noise(1)]);
        var model = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data);
        using var engine = ml.Model.CreatePredictionEngine<Picture, Prepared>(model);
        foreach (var seed in new[] { 1, 2 })
        {
            var prepared = engine.Predict(new() { Image = TinyDetector.Noise(seed), ImageId = 5 });
            var view = Data([TinyDetector.Noise(seed)]);
            CollectionAssert.AreEqual(Rows.Vectors<float>(model.Transform(view), "Pixels")[0], prepared.Pixels);
            Assert.AreEqual(5, prepared.ImageId);
        }
    }

    [TestMethod]
    public void Row_mapper_and_rows_share_one_schema()
    {
        var data = Data([TinyDetector.Noise(1)]);
        ITransformer model = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data);
        Assert.IsTrue(model.IsRowToRowMapper);
        var mapper = model.GetRowToRowMapper(data.Schema);
        Assert.AreSame(data.Schema, mapper.InputSchema);
        CollectionAssert.AreEqual(new[] { "Image", "ImageId", "FileName" },
            mapper.GetDependencies([mapper.OutputSchema["Pixels"], mapper.OutputSchema["ImageId"]])
                .Select(c => c.Name).ToArray());
        using var row = mapper.GetRow(data.GetRowCursor(data.Schema), [mapper.OutputSchema["Pixels"]]);
        Assert.AreSame(mapper.OutputSchema, row.Schema);
        CollectionAssert.AreEqual(mapper.OutputSchema.Select(column => column.ToString()).ToArray(),
            model.GetOutputSchema(data.Schema).Select(column => column.ToString()).ToArray());
        var view = model.Transform(data);
        using var cursor = view.GetRowCursor(view.Schema);
        Assert.AreSame(view.Schema, cursor.Schema);
    }

    [TestMethod]
    public void Rows_can_be_shuffled_and_shared_among_cursors()
    {
        var data = ml.Data.Cache(Data([.. Enumerable.Range(0, 6).Select(TinyDetector.Noise)]));
        var view = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data).Transform(data);
        Assert.AreEqual((data.CanShuffle, data.GetRowCount()), (view.CanShuffle, view.GetRowCount()));
        var inOrder = Rows.Vectors<float>(view, "Pixels").Select(pixels => pixels.Sum()).ToList();
        var shuffled = Rows.Vectors<float>(view, "Pixels", new Random(3)).Select(pixels => pixels.Sum()).ToList();
        CollectionAssert.AreEquivalent(inOrder, shuffled);
        CollectionAssert.AreNotEqual(inOrder, shuffled);

        var sums = new List<float>();
        foreach (var cursor in view.GetRowCursorSet([view.Schema["Pixels"]], 2))
            using (cursor)
                while (cursor.MoveNext())
                    sums.Add(Rows.Vector<float>(cursor, "Pixels").Sum());
        CollectionAssert.AreEquivalent(inOrder, sums);
    }

    [TestMethod]
    public void A_wrong_column_is_named_with_what_is_there()
    {
        var data = Data([TinyDetector.Noise(1)]);
        PreprocessImageEstimator With(string column) =>
            ml.Detection().PreprocessImage(
                new PreprocessImageEstimator.Options { Resize = TinyDetector.Resize, ImageColumnName = column });
        var missing = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => With("Bild").Fit(data));
        Assert.Contains(
            "no column 'Bild' (a vector of Byte (image files), MLImage or RgbImage); the columns are Image, ImageId, FileName.", missing.Message);
        Assert.Contains("ImageColumnName", missing.Message);
        var wrong = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => With("ImageId").Fit(data));
        Assert.Contains("Column 'ImageId' is Int64; expected a vector of Byte (image files), MLImage or RgbImage.", wrong.Message);
        var transformer = With("Image").Fit(data);
        var other = ml.Data.LoadFromEnumerable([new Prepared()]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => transformer.Transform(other));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => transformer.GetOutputSchema(other.Schema));
    }

    [TestMethod]
    public void Saving_says_what_to_keep_instead()
    {
        var data = Data([TinyDetector.Noise(1)]);
        ICanSaveModel model = ml.Detection().PreprocessImage(TinyDetector.Resize).Fit(data);
        var error = Assert.ThrowsExactly<NotSupportedException>(() => model.Save(null!));
        Assert.Contains("PreprocessImageTransformer cannot be written into an ML.NET model file", error.Message);
        Assert.Contains("Keep the options", error.Message);
    }

    private IDataView Data(byte[][] files) => ml.Data.LoadFromEnumerable(
        files.Select((file, i) =>
            new Picture { Image = file, ImageId = 7000 + i, FileName = $"{7000 + i}.png" }).ToList());

    private sealed class Picture
    {
        public byte[] Image { get; set; } = [];

        public long ImageId { get; set; }

        public string FileName { get; set; } = "";
    }

    private sealed class Prepared
    {
        public float[] Pixels { get; set; } = [];

        public long ImageId { get; set; }
    }
}
