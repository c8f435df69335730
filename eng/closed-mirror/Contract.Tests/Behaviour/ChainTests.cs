using Microsoft.ML.Runtime;

namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class ChainTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void EmptyChainFitsAndPassesRowsOn()
    {
        var view = ml.Data.LoadFromEnumerable([new Row { Value = 4 }]);
        var model = new EstimatorChain<ITransformer>().Fit(view);
        Assert.IsNull(model.LastTransformer);
        Assert.AreSame(view, model.Transform(view));
    }

    [TestMethod]
    public void ChainHandsEachEstimatorTheShapeOfTheData()
    {
        var probe = new Probe();
        var builder = new DataViewSchema.Builder();
        var names = new DataViewSchema.Annotations.Builder();
        names.AddPrimitiveValue("Unit", NumberDataViewType.Int32, 1);
        builder.AddColumn("Value", NumberDataViewType.Single, names.ToAnnotations());
        builder.AddColumn("Labels", new VectorDataViewType(new KeyDataViewType(typeof(uint), 3)));
        builder.AddColumn("Box", new VectorDataViewType(NumberDataViewType.Single, 4));
        builder.AddColumn("Value", TextDataViewType.Instance);
        var view = new Empty(builder.ToSchema());
        var chain = new EstimatorChain<ITransformer>().Append(probe).Append(probe);
        chain.Fit(view);
        CollectionAssert.AreEqual(new[] { "Labels VariableVector UInt32 True", "Box Vector Single False",
            "Value Scalar String False" }, probe.Shape.Select(
                column => $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}").ToArray());
        Assert.AreEqual(4, probe.Shapes);
        Assert.AreSame(probe, chain.LastEstimator);
    }

    [TestMethod]
    public void AppendJoinsEstimatorsAndTransformers()
    {
        var probe = new Probe();
        var view = ml.Data.LoadFromEnumerable([new Row()]);
        var model = probe.Append(probe).AppendCacheCheckpoint(ml).Append(probe, TransformerScope.Training).Fit(view);
        Assert.AreEqual(3, model.Count());
        Assert.AreEqual(2, model.GetModelFor(TransformerScope.Scoring).Count());
        Assert.AreEqual(4, model.Append(new Same()).Count());
        Assert.AreEqual(2, new Same().Append(new Same()).Count());
        Assert.IsTrue(((ITransformer)model).IsRowToRowMapper);
        Assert.AreSame(view.Schema, model.GetOutputSchema(view.Schema));
    }

    [TestMethod]
    public void ChainTransformsForScoringUnlessAskedForAnotherScope()
    {
        var view = ml.Data.LoadFromEnumerable([new Row { Value = 4 }]);
        var training = ml.Transforms.CopyColumns("Trained", "Value");
        var model = new EstimatorChain<ITransformer>()
            .Append(training, TransformerScope.Training)
            .Append(ml.Transforms.CopyColumns("Both", "Value"))
            .Append(ml.Transforms.CopyColumns("Trained", "Value"), TransformerScope.Testing).Fit(view);
        string Columns(DataViewSchema schema) => string.Join(" ", schema.Select(column => column.Name));
        Assert.AreEqual("Value Both", Columns(model.Transform(view).Schema));
        Assert.AreEqual("Value Both", Columns(model.GetOutputSchema(view.Schema)));
        Assert.AreEqual("Value Trained Both", Columns(model.Transform(view, TransformerScope.Training).Schema));
        Assert.AreEqual("Value Trained Both", Columns(model.GetOutputSchema(view.Schema, TransformerScope.Training)));
    }

    [TestMethod]
    public void ChainDisposesItsTransformersOnce()
    {
        var same = new Same();
        var chain = new TransformerChain<ITransformer>(same);
        chain.Dispose();
        chain.Dispose();
        Assert.AreEqual(1, same.Disposals);
    }

    [TestMethod]
    public void LastTransformerMustBeOfTheChainsType() =>
        Assert.ThrowsExactly<InvalidOperationException>(() =>
            new TransformerChain<TransformerChain<ITransformer>>(new Same()));

    [TestMethod]
    public void LogGetsMessagesWithTheirSource()
    {
        var messages = new List<LoggingEventArgs>();
        ml.Log += (sender, message) =>
        {
            Assert.AreSame(ml, sender);
            messages.Add(message);
        };
        using (var channel = ((IHostEnvironment)ml).Register("Trainer").Start("Fit"))
        {
            channel.Info(MessageSensitivity.None, "step {0} of {1}", 3, 4);
            channel.Warning(MessageSensitivity.None, "braces {} stay");
        }
        CollectionAssert.AreEqual(new[] { "Trace Channel started", "Info step 3 of 4", "Warning braces {} stay" },
            messages.Take(3).Select(message => $"{message.Kind} {message.RawMessage}").ToArray());
        Assert.AreEqual("[Source=Trainer; Fit, Kind=Info] step 3 of 4", messages[1].Message);
        Assert.StartsWith("Channel finished. Elapsed ", messages[3].RawMessage);
        Assert.AreEqual("Channel disposed", messages[4].RawMessage);
        Assert.HasCount(5, messages);
        ((IChannelProvider)ml).Start("Data").Error(MessageSensitivity.None, "broken");
        Assert.AreEqual("Data", messages[^1].Source);
    }

    [TestMethod]
    public void SeededContextRepeatsItsRandomNumbers()
    {
        int[] Draw(int? seed) => [.. Enumerable.Repeat(((IHostEnvironment)new MLContext(seed)).Register("x").Rand, 4)
            .Select(random => random.Next())];
        CollectionAssert.AreEqual(Draw(5), Draw(5));
        CollectionAssert.AreNotEqual(Draw(5), Draw(6));
        var host = ((IHostEnvironment)ml).Register("y", 9);
        Assert.AreEqual(host.Rand.Next(), ((IHostEnvironment)new MLContext(3)).Register("z", 9).Rand.Next());
    }

    [TestMethod]
    public void ProgressTakesAsManyValuesAsItsHeaderNames()
    {
        using var progress = ((IHostEnvironment)ml).StartProgressChannel("Training");
        progress.SetHeader(new ProgressHeader(["loss"], ["steps"]), entry =>
        {
            entry.SetMetric(0, 0.5);
            entry.SetProgress(0, 1, 10);
        });
        progress.Checkpoint(0.5, 1, 10);
        Assert.ThrowsExactly<InvalidOperationException>(() => progress.Checkpoint(0.5, 1, 10, 11));
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }

    private sealed class Empty(DataViewSchema schema) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => schema;

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            throw new NotSupportedException();

        public DataViewRowCursor[] GetRowCursorSet(
            IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            throw new NotSupportedException();
    }

    private sealed class Probe : IEstimator<Same>
    {
        public SchemaShape Shape { get; private set; } = null!;

        public int Shapes { get; private set; }

        public Same Fit(IDataView input)
        {
            GetOutputSchema(Shape);
            return new Same();
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            Shapes++;
            return Shape = inputSchema;
        }
    }

    private sealed class Same : ITransformer, IDisposable
    {
        public int Disposals { get; private set; }

        public bool IsRowToRowMapper => true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

        public void Dispose() => Disposals++;
    }
}
