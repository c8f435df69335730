namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class CustomMappingTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void MappingAddsColumnsComputedOnceARow()
    {
        var calls = 0;
        var pipeline = ml.Transforms.CustomMapping<Input, Output>((source, target) =>
        {
            calls++;
            target.Area = source.Size[0] * source.Size[1];
            target.Sizes = [.. source.Size, target.Area];
            target.Kind = source.Size[0] > 2 ? 1u : 0u;
        }, null);
        var view = pipeline.Fit(Data()).Transform(Data());
        CollectionAssert.AreEqual(new[] { "Name: String", "Size: Vector<Single, 2>", "Area: Single",
            "Sizes: Vector<Single>",
            "Kind: Key<UInt32, 0-1>" }, view.Schema.Select(column => column.ToString()).ToArray());
        Assert.AreEqual(0, calls);
        var rows = ml.Data.CreateEnumerable<Output>(view, reuseRowObject: false).ToArray();
        Assert.AreEqual(2, calls);
        CollectionAssert.AreEqual(new[] { 2f, 12f }, rows.Select(row => row.Area).ToArray());
        CollectionAssert.AreEqual(new[] { 3f, 4f, 12f }, rows[1].Sizes);
        CollectionAssert.AreEqual(new uint[] { 1, 2 }, rows.Select(row => row.Kind).ToArray());
        CollectionAssert.AreEqual(new[] { "a", "b" }, view.GetColumn<string>("Name").ToArray());
        Assert.AreEqual(2, calls);
    }

    [TestMethod]
    public void MappingChecksTheShapeOfItsInput()
    {
        var mapping = ml.Transforms.CustomMapping<Input, Output>((_, _) => { }, "contract");
        var probe = new ShapeProbe();
        mapping.Append(probe).Fit(Data());
        CollectionAssert.AreEquivalent(new[] { "Name Scalar String False ", "Size Vector Single False ",
            "Area Scalar Single False ", "Sizes VariableVector Single False ", "Kind Scalar UInt32 True " },
            probe.Seen);
        var other = ml.Data.LoadFromEnumerable([new Output()]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            new EstimatorChain<ITransformer>().Append(mapping).Fit(other));
    }

    [TestMethod]
    public void EnginePredictsRowByRow()
    {
        var model = ml.Transforms.CustomMapping<Input, Output>(
            (source, target) => target.Area = source.Size[0] * source.Size[1], null).Fit(Data());
        using var engine = ml.Model.CreatePredictionEngine<Input, Result>(model);
        Assert.AreEqual(6f, engine.Predict(new Input { Size = [2, 3] }).Area);
        var result = engine.Predict(new Input { Size = [4, 5] });
        Assert.AreEqual(20f, result.Area);
        Assert.AreEqual("here", result.Absent);
        CollectionAssert.AreEqual(new[] { "Size", "Area", "Sizes", "Kind" },
            engine.OutputSchema.Select(column => column.Name).ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => ml.Model.CreatePredictionEngine<Input, Result>(model, ignoreMissingColumns: false));
    }

    [TestMethod]
    public void EngineDisposesTheTransformerItOwns()
    {
        var (owned, kept) = (new Closing(), new Closing());
        ml.Model.CreatePredictionEngine<Input, Input>(new TransformerChain<ITransformer>(owned)).Dispose();
        ml.Model.CreatePredictionEngine<Input, Input>(new TransformerChain<ITransformer>(kept),
            new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        Assert.IsTrue(owned.Closed);
        Assert.IsFalse(kept.Closed);
    }

    [TestMethod]
    public void EngineNeedsARowToRowMapper() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(
        () => ml.Model.CreatePredictionEngine<Input, Input>(new Closing { IsRowToRowMapper = false }));

    private IDataView Data() => ml.Data.LoadFromEnumerable(new Named[]
    {
        new() { Name = "a", Size = [1, 2] },
        new() { Name = "b", Size = [3, 4] },
    });

    private class Input
    {
        [VectorType(2)]
        public float[] Size { get; set; } = [1, 1];
    }

    private sealed class Named : Input
    {
        public string Name { get; set; } = "";
    }

    private sealed class Output
    {
        public float Area { get; set; }

        public float[] Sizes { get; set; } = [];

        [KeyType(2)]
        public uint Kind { get; set; }
    }

    private sealed class Result
    {
        public float Area { get; set; }

        public string Absent { get; set; } = "here";
    }

    private sealed class Closing : ITransformer, IDisposable
    {
        private readonly ITransformer inner = new MLContext().Transforms.CopyColumns("Copy", "Size").Fit(
            new MLContext().Data.LoadFromEnumerable([new Input()]));

        public bool Closed { get; private set; }

        public bool IsRowToRowMapper { get; init; } = true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public void Save(ModelSaveContext ctx) => inner.Save(ctx);

        public void Dispose() => Closed = true;
    }
}
