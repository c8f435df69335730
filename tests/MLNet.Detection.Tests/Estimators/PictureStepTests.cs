using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class PictureStepTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Single_steps_give_what_preprocessing_gives()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var resize = new ImageResize(40, 24, ResizeMode.Letterbox);
        var whole = ml.Detection().PreprocessImage(resize, Normalization.ImageNet).Fit(data).Transform(data);
        var steps = ml.Detection().DecodeImage()
            .Append(ml.Detection().LetterboxImage(40, 24))
            .Append(ml.Detection().NormalizeImage(40, 24, Normalization.ImageNet)).Fit(data).Transform(data);
        foreach (var column in new[] { "Pixels", "ResizeTransform" })
        {
            Assert.AreEqual(whole.Schema[column].Type, steps.Schema[column].Type);
            foreach (var (expected, actual) in Rows.Vectors<float>(whole, column)
                .Zip(Rows.Vectors<float>(steps, column)))
                CollectionAssert.AreEqual(expected, actual);
        }
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_rows_on_any_number_of_cursors()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Data.Cache(ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path));
        string[] Epoch(int seed, int cursors) => Read(Augmented(seed).Fit(data).Transform(data), cursors);
        CollectionAssert.AreEqual(Epoch(1, 1), Epoch(1, 4));
        CollectionAssert.AreEqual(Epoch(1, 1), Epoch(1, 2));
        CollectionAssert.AreNotEqual(Epoch(1, 1), Epoch(2, 1));
        var shuffled = ml.Data.ShuffleRows(data, seed: 3);
        CollectionAssert.AreEqual(Epoch(1, 1), Read(Augmented(1).Fit(shuffled).Transform(shuffled), 1), "by row id");
    }

    [TestMethod]
    public void Mixed_rows_are_the_same_on_any_number_of_cursors()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Data.Cache(ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path));
        string[] Epoch(int seed, int cursors)
        {
            var chain = ml.Detection().DecodeImage().Append(ml.Detection().Mosaic(48, 32, seed))
                .Append(ml.Detection().MixUp(seed: seed));
            return Read(chain.Fit(data).Transform(data), cursors);
        }
        CollectionAssert.AreEqual(Epoch(1, 1), Epoch(1, 4));
        CollectionAssert.AreNotEqual(Epoch(1, 1), Epoch(2, 1));
        Assert.IsTrue(Epoch(1, 1).All(row => row.Contains(" 48x32 ")));
    }

    [TestMethod]
    public void Scoring_leaves_training_steps_out_and_finds_the_same_columns()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var chain = ml.Detection().DecodeImage()
            .Append(ml.Detection().Mosaic(48, 32), TransformerScope.Training)
            .Append(ml.Detection().RandomHorizontalFlip(1), TransformerScope.Training)
            .Append(ml.Detection().ResizeImage(16, 16)).Append(ml.Detection().NormalizeImage(16, 16));
        var model = chain.Fit(data);
        var training = model.Transform(data, TransformerScope.Training);
        var scoring = model.Transform(data);
        var plain = ml.Detection().PreprocessImage(new ImageResize(16, 16)).Fit(data).Transform(data);
        foreach (var (expected, actual) in Rows.Vectors<float>(plain, "Pixels")
            .Zip(Rows.Vectors<float>(scoring, "Pixels")))
            CollectionAssert.AreEqual(expected, actual);
        Assert.AreNotEqual(
            Rows.Vectors<float>(plain, "Pixels")[0].Sum(), Rows.Vectors<float>(training, "Pixels")[0].Sum());
        ITransformer mixes = model.ElementAt(1);
        Assert.IsFalse(mixes.IsRowToRowMapper);
        Assert.Contains("makes a row out of several",
            Assert.ThrowsExactly<InvalidOperationException>(() => mixes.GetRowToRowMapper(data.Schema)).Message);
    }

    [TestMethod]
    public void Boxes_labels_and_sizes_change_together_and_labels_keep_their_names()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var crop = new RandomIouCrop(MaxScale: 0.6) { Overlaps = [0] };
        var view = ml.Detection().DecodeImage().Append(ml.Detection().Augment(crop, 5)).Fit(data).Transform(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(
            new[] { "cup", "dog", "owl" }, names.DenseValues().Select(name => name.ToString()).ToArray());
        var pictures = Rows.Values<RgbImage>(view, "Picture");
        CollectionAssert.AreEqual(pictures.Select(p => p.Width).ToArray(), Rows.Values<int>(view, "Width"));
        CollectionAssert.AreEqual(pictures.Select(p => p.Height).ToArray(), Rows.Values<int>(view, "Height"));
        var boxes = Rows.Vectors<float>(view, "BoundingBoxes");
        int[] counts = [.. boxes.Select(b => b.Length / 4)];
        foreach (var column in new[] { "Crowd", "Difficult" })
            CollectionAssert.AreEqual(counts, Rows.Vectors<bool>(view, column).Select(v => v.Length).ToArray());
        CollectionAssert.AreEqual(counts, Rows.Vectors<uint>(view, "Label").Select(v => v.Length).ToArray());
        Assert.IsLessThan(data.Dataset.BoxCount, boxes.Sum(b => b.Length / 4));
    }

    [TestMethod]
    public void Wrong_sizes_and_lengths_are_named()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var decoded = ml.Detection().DecodeImage().Fit(data).Transform(data);
        var normalized = ml.Detection().NormalizeImage(9, 9).Fit(decoded).Transform(decoded);
        Assert.Contains("expected 9 x 9. Resize pictures first", Assert.ThrowsExactly<InvalidDataException>(
            () => Rows.Vectors<float>(normalized, "Pixels")).Message);
        var flip = ml.Detection().RandomHorizontalFlip();
        Assert.Contains("no column 'Picture' (one RgbImage)",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => flip.Fit(data)).Message);
        var areas = ml.Detection().Augment(new AugmentEstimator.Options
            { Augmentation = new HorizontalFlip(1), AreaColumnName = "ResizeTransform" });
        var resized = ml.Detection().ResizeImage(8, 8).Fit(decoded).Transform(decoded);
        Assert.Contains("Row 1, column 'ResizeTransform': found 4 values, expected 3, one a box",
            Assert.ThrowsExactly<InvalidDataException>(
                () => Rows.Values<RgbImage>(areas.Fit(resized).Transform(resized), "Picture")).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Detection().MixPictures(
            new MixPicturesEstimator.Options { Mix = new MixUp(), Window = 1 }));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void A_coordinate_that_is_no_number_is_named_by_row_and_column(float coordinate)
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var spoilt = ml.Transforms.CustomMapping<BoxRow, BoxRow>(
            (from, to) => to.BoundingBoxes = [coordinate, .. from.BoundingBoxes.Skip(1)], null);
        var chain = spoilt.Append(ml.Detection().DecodeImage()).Append(ml.Detection().RandomHorizontalFlip(1));
        var message = Assert.ThrowsExactly<InvalidDataException>(
            () => Rows.Values<RgbImage>(chain.Fit(data).Transform(data), "Picture")).Message;
        StringAssert.Contains(message, "column 'BoundingBoxes': a coordinate is not a finite number");
        StringAssert.StartsWith(message, "Row ");
    }

    private sealed class BoxRow
    {
        public float[] BoundingBoxes { get; set; } = [];
    }

    private EstimatorChain<AugmentTransformer> Augmented(int seed) => ml.Detection().DecodeImage()
        .Append(ml.Detection().ColorJitter(seed: seed)).Append(ml.Detection().RandomZoom(seed: seed))
        .Append(ml.Detection().RandomCrop(seed)).Append(ml.Detection().RandomHorizontalFlip(seed: seed));

    // Each row as a text, by its id: what it shows depends on nothing else.
    private static string[] Read(IDataView view, int cursors)
    {
        var rows = new SortedDictionary<string, string>();
        var set = cursors == 1 ? [view.GetRowCursor(view.Schema)] : view.GetRowCursorSet(view.Schema, cursors);
        Parallel.ForEach(set, cursor =>
        {
            using (cursor)
                while (cursor.MoveNext())
                {
                    DataViewRowId id = default;
                    cursor.GetIdGetter()(ref id);
                    var picture = Rows.Value<RgbImage>(cursor, "Picture");
                    var text = $"{id} {picture.Width}x{picture.Height} {picture.Pixels.Sum(p => (long)p)} "
                        + string.Join(",", Rows.Vector<float>(cursor, "BoundingBoxes"))
                        + string.Join(",", Rows.Vector<uint>(cursor, "Label"));
                    lock (rows)
                        rows.Add(id.ToString(), text);
                }
        });
        return [.. rows.Values];
    }
}
