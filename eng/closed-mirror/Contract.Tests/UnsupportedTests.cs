namespace Contract.Tests;

/// <summary>What the subset cannot do says so, and says what to do.</summary>
[TestClass]
public sealed class UnsupportedTests
{
    private readonly MLContext ml = new();

    [TestMethod]
    public void ModelFilesAreRefused()
    {
        var model = new TransformerChain<ITransformer>();
        var schema = new DataViewSchema.Builder().ToSchema();
        foreach (Action use in new Action[]
        {
            () => ml.Model.Save(model, schema, "model.zip"),
            () => ml.Model.Save(model, schema, new MemoryStream()),
            () => ml.Model.Load("model.zip", out _),
            () => ml.Model.Load(new MemoryStream(), out _),
            () => ((ICanSaveModel)model).Save(null),
        })
            Assert.Contains("build with the Microsoft.ML package",
                Assert.ThrowsExactly<NotSupportedException>(use).Message);
        Assert.IsFalse(File.Exists("model.zip"));
    }

    [TestMethod]
    public void OtherGapsAreRefused()
    {
        var data = ml.Data.LoadFromEnumerable([new Row()]);
        Assert.ThrowsExactly<NotSupportedException>(() => ml.Data.TrainTestSplit(data, samplingKeyColumnName: "Name"));
        Assert.ThrowsExactly<NotSupportedException>(
            () => ml.Transforms.Conversion.MapValueToKey("Name", addKeyValueAnnotationsAsText: true));
        Assert.ThrowsExactly<NotSupportedException>(() => ml.Transforms.Conversion.MapValue(
            "Name", new Dictionary<string, int> { ["a"] = 1 }, treatValuesAsKeyType: true));
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";
    }
}
