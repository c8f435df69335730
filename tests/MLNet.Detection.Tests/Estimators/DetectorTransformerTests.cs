using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Interop;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class DetectorTransformerTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Predictions_follow_from_the_outputs_that_pytorch_gives()
    {
        var files = new[] { TinyDetector.Png(TinyDetector.Reference(0)), TinyDetector.Png(TinyDetector.Reference(1)) };
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var view = detector.Transform(Data(files));
        var labels = Rows.Vectors<uint>(view, "PredictedLabel");
        var boxes = Rows.Vectors<float>(view, "PredictedBoundingBoxes");
        var scores = Rows.Vectors<float>(view, "Score");
        float[] Reference(string file) =>
            MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(References.PathOf("13_training", file))).ToArray();
        var (logits, deltas) = (Reference("forward_cls_logits.bin"), Reference("forward_bbox_regression.bin"));
        for (var i = 0; i < 2; i++)
        {
            var expected = TinyDetector.Model.Decoder.Decode(logits.AsSpan(i * 384, 384),
                MemoryMarshal.Cast<float, BoxDelta>(deltas.AsSpan(i * 512, 512)), TinyDetector.Anchors, 32, 32);
            Assert.IsNotEmpty(expected);
            CollectionAssert.AreEqual(expected.Select(found => (uint)found.Class + 1).ToArray(), labels[i]);
            Close.To([.. expected.Select(found => (double)found.Score)], scores[i], 1e-5, "score");
            Close.To(Corners(expected), boxes[i], 1e-4, "box");
        }
    }

    // A softmax over the colours of the one picture would run over those of all pictures.
    [TestMethod]
    public void A_file_that_takes_one_picture_at_a_time_is_scored_in_batches_of_one()
    {
        var proto = TinyDetector.Model.Model.Proto.Clone();
        var input = proto.Graph.Input[0];
        input.Type.TensorType.Shape.Dim[0] = new() { DimValue = 1 };
        foreach (var node in proto.Graph.Node)
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == input.Name)
                    node.Input[i] = "picture";
        proto.Graph.Initializer.Add([Tensor.Vector<long>(3, 32 * 32).ToProto("flat shape"), Tensor.Vector<long>(1, 3, 32, 32).ToProto("shape")]);
        var softmax = new NodeProto { OpType = "Softmax", Input = { "flat" }, Output = { "parts" } };
        softmax.Attribute.Add(new AttributeProto { Name = "axis", I = 0, Type = AttributeProto.Types.AttributeType.Int });
        proto.Graph.Node.Insert(0, new NodeProto { OpType = "Reshape", Input = { "parts", "shape" }, Output = { "picture" } });
        proto.Graph.Node.Insert(0, softmax);
        proto.Graph.Node.Insert(0, new NodeProto { OpType = "Reshape", Input = { input.Name, "flat shape" }, Output = { "flat" } });
        var model = TinyDetector.Model with { Model = new(proto) };
        using (var detector = new Detector(model, 8))
            Assert.AreEqual(1, detector.BatchSize);
        var files = Enumerable.Range(0, 3).Select(TinyDetector.Noise).ToArray();
        using var one = new DetectorTransformer(model, new() { BatchSize = 1 });
        using var many = new DetectorTransformer(model, new() { BatchSize = 8 });
        var (expected, scores) = (Rows.Vectors<float>(one.Transform(Data(files)), "Score"), Rows.Vectors<float>(many.Transform(Data(files)), "Score"));
        Assert.HasCount(3, scores);
        for (var i = 0; i < 3; i++)
            CollectionAssert.AreEqual(expected[i], scores[i]);
    }

    [TestMethod]
    public void Labels_are_keys_with_the_class_names()
    {
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var schema = detector.GetOutputSchema(Data([]).Schema);
        Assert.AreEqual(new VectorDataViewType(new KeyDataViewType(typeof(uint), 3)), schema["PredictedLabel"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["PredictedLabel"].GetKeyValues(ref names);
        CollectionAssert.AreEqual(
            new[] { "cup", "dog", "owl" }, names.DenseValues().Select(name => name.ToString()).ToArray());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single), schema["PredictedBoundingBoxes"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single), schema["Score"].Type);
        var words = ml.Transforms.Conversion.MapKeyToValue("Words", "PredictedLabel");
        var view = detector.Transform(Data([TinyDetector.Noise(2)]));
        CollectionAssert.AreEqual(
            Rows.Vectors<uint>(view, "PredictedLabel")[0]
                .Select(key => TinyDetector.Model.Classes[(int)key - 1]).ToArray(),
            words.Fit(view).Transform(view).GetColumn<string[]>("Words").Single());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(8)]
    [DataRow(11)]
    public void Every_batch_size_gives_what_single_pictures_give(int batch)
    {
        byte[][] files = [.. Enumerable.Range(0, 11).Select(TinyDetector.Noise)];
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = batch });
        var view = detector.Transform(Data(files));
        var rows = ml.Data.CreateEnumerable<Prediction>(view, reuseRowObject: false).ToArray();
        using var single = new Detector(TinyDetector.Model, 1);
        using var decoder = new ImageDecoder();
        for (var i = 0; i < files.Length; i++)
        {
            var expected = single.Detect([decoder.Decode(files[i], "noise")])[0];
            Assert.AreEqual(500 + i, rows[i].ImageId);
            CollectionAssert.AreEqual(
                expected.Select(found => (uint)found.Class + 1).ToArray(), rows[i].PredictedLabel);
            Close.To([.. expected.Select(found => (double)found.Score)], rows[i].Score, 1e-5, $"score {i}");
            Close.To(Corners(expected), rows[i].PredictedBoundingBoxes, 1e-4, $"box {i}");
        }
        Assert.IsTrue(rows.Any(row => row.Score.Length > 0));
    }

    [TestMethod]
    public void A_prediction_engine_gives_what_a_view_gives_after_other_transformers_too()
    {
        byte[][] files = [TinyDetector.Noise(3), [1, 2, 3, 4], TinyDetector.Noise(4)];
        var data = Data(files);
        var detector = new DetectorTransformer(TinyDetector.Model);
        var chain = ml.Transforms.CopyColumns("Bytes", "Image").Fit(data)
            .Append(new DetectorTransformer(TinyDetector.Model, new() { ImageColumnName = "Bytes" }));
        var expected = ml.Data.CreateEnumerable<Prediction>(chain.Transform(data), reuseRowObject: false).ToArray();
        foreach (var model in new ITransformer[] { detector, chain })
        {
            using var engine = ml.Model.CreatePredictionEngine<Picture, Prediction>(model);
            for (var i = 0; i < files.Length; i++)
            {
                var found = engine.Predict(new() { Image = files[i] });
                CollectionAssert.AreEqual(expected[i].PredictedLabel, found.PredictedLabel);
                Close.To([.. expected[i].Score.Select(score => (double)score)], found.Score, 1e-5, "score");
            }
        }
        Assert.IsEmpty(expected[1].Score);
        Assert.Contains("OwnsTransformer", Assert.ThrowsExactly<ObjectDisposedException>(
            () => Rows.Vectors<float>(detector.Transform(data), "Score")).Message);
    }

    [TestMethod]
    public void An_unreadable_image_has_no_predictions_and_is_listed_and_logged_once()
    {
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        File.WriteAllBytes(folder.File("1.png"), [1, 2, 3]);
        File.Delete(folder.File("3.png"));
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 4 }, ml);
        var view = detector.Transform(data);
        for (var pass = 0; pass < 2; pass++)
        {
            var scores = Rows.Vectors<float>(view, "Score");
            CollectionAssert.AreEqual(
                new[] { true, false, true, false, true }, scores.Select(row => row.Length > 0).ToArray());
            Assert.HasCount(2, detector.UnreadableImages);
        }
        Assert.AreEqual("1.png", detector.UnreadableImages[0].File);
        Assert.EndsWith("3.png", detector.UnreadableImages[1].File);
        CollectionAssert.AreEqual(detector.UnreadableImages.Select(image => image.Message).ToArray(), warnings);
    }

    [TestMethod]
    public void Other_columns_belong_to_their_row_and_only_wanted_ones_are_read()
    {
        byte[][] files = [.. Enumerable.Range(0, 7).Select(TinyDetector.Noise)];
        var counted = new CountedView(Data(files));
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 4 });
        var view = detector.Transform(counted);
        Assert.AreEqual(0, counted.Rows);
        CollectionAssert.AreEqual(
            Enumerable.Range(500, 7).Select(id => (long)id).ToArray(), Rows.Values<long>(view, "ImageId"));
        CollectionAssert.AreEqual(new[] { "ImageId" }, counted.Active);

        using var cursor = view.GetRowCursor(
            [view.Schema["Score"], view.Schema["ImageId"], view.Schema["FileName"], view.Schema["Image"]]);
        var id = cursor.GetIdGetter();
        var held = new VBuffer<byte>[7];
        var image = cursor.GetGetter<VBuffer<byte>>(view.Schema["Image"]);
        for (var i = 0; i < 7; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(i, cursor.Position);
            Assert.AreEqual(500L + i, Rows.Value<long>(cursor, "ImageId"));
            Assert.AreEqual($"{i}.png", Rows.Value<ReadOnlyMemory<char>>(cursor, "FileName").ToString());
            image(ref held[i]);
            DataViewRowId key = default;
            id(ref key);
            Assert.AreEqual((ulong)i, key.Low);
            Assert.IsFalse(cursor.IsColumnActive(view.Schema["PredictedLabel"]));
        }
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(7, counted.Values["Image"]);
        for (var i = 0; i < 7; i++)
            CollectionAssert.AreEqual(files[i], held[i].DenseValues().ToArray());
    }

    [TestMethod]
    public void An_error_of_the_source_belongs_to_its_row_and_column()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        File.Delete(folder.File("1.png"));
        using var detector = new DetectorTransformer(TinyDetector.Model);
        var view = detector.Transform(data);
        using var cursor = view.GetRowCursor([view.Schema["Score"], view.Schema["Image"], view.Schema["ImageId"]]);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            Assert.AreEqual(100L + i, Rows.Value<long>(cursor, "ImageId"));
            Assert.AreEqual(i == 1, Rows.Vector<float>(cursor, "Score").Length == 0);
            if (i == 1)
                Assert.ThrowsExactly<UnreadableImageException>(() => Rows.Vector<byte>(cursor, "Image"));
            else
                Assert.IsNotEmpty(Rows.Vector<byte>(cursor, "Image"));
        }
    }

    [TestMethod]
    public void A_cursor_that_stops_has_read_one_batch()
    {
        var counted = new CountedView(Data([.. Enumerable.Range(0, 9).Select(TinyDetector.Noise)]));
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 4 });
        Assert.HasCount(2, Rows.Vectors<float>(ml.Data.TakeRows(detector.Transform(counted), 2), "Score"));
        Assert.AreEqual(4, counted.Rows);
    }

    [TestMethod]
    public void Cursors_may_run_side_by_side()
    {
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 2 });
        var view = detector.Transform(Data([.. Enumerable.Range(0, 6).Select(TinyDetector.Noise)]));
        var expected = Rows.Vectors<float>(view, "Score").SelectMany(scores => scores).ToArray();
        var results = new float[3][];
        Parallel.For(0, 3, i => results[i] = [.. Rows.Vectors<float>(view, "Score").SelectMany(scores => scores)]);
        foreach (var result in results)
            CollectionAssert.AreEqual(expected, result);
        Assert.HasCount(1, view.GetRowCursorSet([view.Schema["Score"]], 3));
    }

    [TestMethod]
    public void A_saved_detector_loads_with_options()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("tiny.onnx");
        TinyDetector.Model.Save(path);
        var data = Data([TinyDetector.Noise(5)]);
        using var plain = ml.Detection().LoadDetector(path);
        using var named = ml.Detection().LoadDetector(path, new()
        {
            BatchSize = 1, PredictedLabelColumnName = "L", PredictedBoundingBoxColumnName = "B", ScoreColumnName = "S",
        });
        CollectionAssert.AreEqual(plain.Model.Classes.ToArray(), TinyDetector.Model.Classes.ToArray());
        var (expected, view) = (plain.Transform(data), named.Transform(data));
        CollectionAssert.AreEqual(Rows.Vectors<uint>(expected, "PredictedLabel")[0], Rows.Vectors<uint>(view, "L")[0]);
        CollectionAssert.AreEqual(
            Rows.Vectors<float>(expected, "PredictedBoundingBoxes")[0], Rows.Vectors<float>(view, "B")[0]);
        CollectionAssert.AreEqual(Rows.Vectors<float>(expected, "Score")[0], Rows.Vectors<float>(view, "S")[0]);
        Assert.IsNotEmpty(Rows.Vectors<uint>(view, "L")[0]);

        Assert.ThrowsExactly<ModelException>(
            () => ml.Detection().LoadDetector(References.PathOf("13_training", "tiny_retinanet.onnx")));
    }

    [TestMethod]
    public void Wrong_columns_and_options_are_named()
    {
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { ImageColumnName = "FileName" });
        Assert.Contains(
            "Column 'FileName' is String; expected a vector of Byte (image files), MLImage or RgbImage. "
                + "Convert it, or name another column in ImageColumnName.",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => detector.Transform(Data([]))).Message);
        Assert.Contains("BatchSize", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 0 })).Message);
    }

    private static double[] Corners(IEnumerable<DetectedObject> found) =>
        [.. found.SelectMany(item => new double[] { item.Box.X0, item.Box.Y0, item.Box.X1, item.Box.Y1 })];

    private IDataView Data(byte[][] files) => ml.Data.LoadFromEnumerable(
        files.Select((file, i) => new Picture { Image = file, ImageId = 500 + i, FileName = $"{i}.png" }).ToList());

    private sealed class Picture
    {
        public byte[] Image { get; set; } = [];

        public long ImageId { get; set; }

        public string FileName { get; set; } = "";
    }

    private sealed class Prediction
    {
        public long ImageId { get; set; }

        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
