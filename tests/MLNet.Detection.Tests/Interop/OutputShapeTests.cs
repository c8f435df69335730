using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Tests.Estimators;

namespace MLNet.Detection.Tests.Interop;

[TestClass]
public sealed class OutputShapeTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Estimators_promise_what_their_transformers_keep()
    {
        var data = ml.Data.LoadFromEnumerable([new Row()]);
        var probe = new Probe();
        var chain = ml.Detection().PreprocessImage(TinyDetector.Resize)
            .Append(ml.Detection().MatchAnchors(TinyDetector.Anchors))
            .Append(ml.Detection().EncodeLabels(TinyDetector.Anchors))
            .Append(probe);
        var view = chain.Fit(data).Transform(data);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "Image VariableVector Byte False", "Label VariableVector UInt32 True",
                "BoundingBoxes VariableVector Single False",
                "Pixels Vector Single False", "ResizeTransform Vector Single False",
                "MatchedIndices Vector Int32 False",
                "AnchorClasses Vector Int64 False", "AnchorBoxes Vector Single False",
            },
            probe.Shape!.Select(column => $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}").ToArray());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3, 32, 32), view.Schema["Pixels"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 4), view.Schema["ResizeTransform"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Int32, 128), view.Schema["MatchedIndices"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Int64, 128), view.Schema["AnchorClasses"].Type);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 128, 4), view.Schema["AnchorBoxes"].Type);
    }

    [TestMethod]
    public void A_column_of_the_same_name_is_replaced()
    {
        var data = ml.Data.LoadFromEnumerable([new Row()]);
        var probe = new Probe();
        var options = new PreprocessImageEstimator.Options { Resize = TinyDetector.Resize, OutputColumnName = "Image" };
        ml.Detection().PreprocessImage(options)
            .Append(probe).Fit(data);
        var image = probe.Shape!.Single(column => column.Name == "Image");
        Assert.AreEqual((SchemaShape.Column.VectorKind.Vector, (DataViewType)NumberDataViewType.Single),
            (image.Kind, image.ItemType));
    }

    [TestMethod]
    public void Later_estimators_check_the_promise_before_any_row_is_read()
    {
        var data = ml.Data.LoadFromEnumerable(Fail());
        var chain = ml.Detection().PreprocessImage(TinyDetector.Resize)
            .Append(ml.Detection().EncodeLabels(TinyDetector.Anchors));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => chain.Fit(data));
        Assert.Contains(
            "no column 'MatchedIndices' (a vector of Int32); the columns are Image, Label, ", error.Message);
        Assert.Contains("name another one in MatchedIndicesColumnName", error.Message);
    }

    [TestMethod]
    [DataRow("Label", "BoundingBoxes", "'Label' is VariableVector of keys in UInt32; expected a vector of Single")]
    [DataRow("BoundingBoxes", "Image", "'BoundingBoxes' is VariableVector of Single; expected a vector of Byte")]
    public void A_shape_of_another_type_is_refused(string column, string place, string expected)
    {
        var pass = ml.Transforms.CopyColumns("Copy", "Label");
        IEstimator<ITransformer> wrong = place == "Image"
            ? ml.Detection().PreprocessImage(
                new PreprocessImageEstimator.Options { Resize = TinyDetector.Resize, ImageColumnName = column })
            : ml.Detection().MatchAnchors(
                new MatchAnchorsEstimator.Options { Anchors = TinyDetector.Anchors, BoundingBoxColumnName = column });
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => pass.Append(wrong).Fit(ml.Data.LoadFromEnumerable(Fail())));
        Assert.Contains(expected, error.Message);
    }

    private static IEnumerable<Row> Fail()
    {
        Assert.Fail("a row was read");
        yield return new();
    }

    private sealed class Row
    {
        public byte[] Image { get; set; } = [];

        [KeyType(3)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class Probe : IEstimator<ITransformer>
    {
        public SchemaShape? Shape { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Shape = inputSchema;
    }
}
