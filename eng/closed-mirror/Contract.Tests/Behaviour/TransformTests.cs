namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class TransformTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void CopyKeepsTypeAndAnnotations()
    {
        var keyed = Fit(ml.Transforms.Conversion.MapValueToKey("Key", "Name"), Data());
        var copied = Fit(ml.Transforms.CopyColumns("Copy", "Key"), keyed);
        Assert.AreEqual("Copy: Key<UInt32, 0-1> {KeyValues}", copied.Schema["Copy"].ToString());
        CollectionAssert.AreEqual(new uint[] { 1, 2, 1 }, copied.GetColumn<uint>("Copy").ToArray());
        Assert.Throws<ArgumentException>(() => ml.Transforms.CopyColumns("Copy", "Absent").Fit(Data()));
    }

    [TestMethod]
    public void OutputOfAnExistingNameHidesTheInput()
    {
        var view = Fit(ml.Transforms.Conversion.MapValueToKey("Name"), Data());
        CollectionAssert.AreEqual(new[] { "Name: String", "Name: Key<UInt32, 0-1> {KeyValues}",
            "Size: Vector<Single, 2>",
            "Tags: Vector<String>" }, view.Schema.Select(column => column.ToString()).ToArray());
        Assert.IsTrue(view.Schema[0].IsHidden);
        CollectionAssert.AreEqual(new uint[] { 1, 2, 1 }, view.GetColumn<uint>("Name").ToArray());
        CollectionAssert.AreEqual(new[] { "cat", "dog", "cat" }, view.GetColumn<string>(view.Schema[0]).ToArray());
    }

    [TestMethod]
    public void DropAndSelectChooseColumns()
    {
        CollectionAssert.AreEqual(new[] { "Name", "Tags" }, Names(Fit(ml.Transforms.DropColumns("Size"), Data())));
        CollectionAssert.AreEqual(new[] { "Tags", "Name" },
            Names(Fit(ml.Transforms.SelectColumns("Tags", "Name"), Data())));
        var keyed = Fit(ml.Transforms.Conversion.MapValueToKey("Name"), Data());
        CollectionAssert.AreEqual(new[] { "Name" }, Names(Fit(ml.Transforms.SelectColumns("Name"), keyed)));
        CollectionAssert.AreEqual(new[] { "Name", "Name" },
            Names(Fit(ml.Transforms.SelectColumns(["Name"], true), keyed)));
        CollectionAssert.AreEqual(new[] { "Size", "Tags" }, Names(Fit(ml.Transforms.DropColumns("Name"), keyed)));
        CollectionAssert.AreEqual(new[] { "cat", "dog", "cat" },
            Fit(ml.Transforms.SelectColumns("Tags", "Name"), Data()).GetColumn<string>("Name").ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Transforms.DropColumns("Absent").Fit(Data()));
    }

    [TestMethod]
    public void KeysAreLearntInOrderOfOccurrenceOrValue()
    {
        var conversion = ml.Transforms.Conversion;
        CollectionAssert.AreEqual(new[] { "red", "big", "Blue" },
            KeyValues(Fit(conversion.MapValueToKey("Tags"), Data())));
        CollectionAssert.AreEqual(new[] { "Blue", "big", "red" }, KeyValues(Fit(conversion.MapValueToKey("Tags",
            keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue), Data())));
        var two = Fit(conversion.MapValueToKey("Tags", maximumNumberOfKeys: 2), Data());
        CollectionAssert.AreEqual(new[] { "red", "big" }, KeyValues(two));
        CollectionAssert.AreEqual(new[] { "1 2", "", "2 0 0" },
            two.GetColumn<uint[]>("Tags").Select(keys => string.Join(' ', keys)).ToArray());
        Assert.IsTrue(two.Schema["Tags"].HasKeyValues());
        Assert.IsFalse(two.Schema["Tags"].HasKeyValues(NumberDataViewType.Single));
        Assert.IsFalse(two.Schema["Name"].HasKeyValues());
    }

    [TestMethod]
    public void ValuesAreMappedByATable()
    {
        var conversion = ml.Transforms.Conversion;
        var legs = Fit(conversion.MapValue("Legs", new Dictionary<string, int> { ["dog"] = 4 }, "Name"), Data());
        Assert.AreEqual("Legs: Int32", legs.Schema["Legs"].ToString());
        CollectionAssert.AreEqual(new[] { 0, 4, 0 }, legs.GetColumn<int>("Legs").ToArray());
        var words = Fit(conversion.MapValue("Legs", new Dictionary<int, string> { [4] = "four" }), legs);
        CollectionAssert.AreEqual(new[] { "", "four", "" }, words.GetColumn<string>("Legs").ToArray());
    }

    [TestMethod]
    public void KeyDataFixesTheKeys()
    {
        var names = ml.Data.LoadFromEnumerable(new[] { "bird", "dog" }.Select(name => new Word { Name = name }));
        var model = ml.Transforms.Conversion.MapValueToKey("Name", keyData: names).Fit(Data());
        CollectionAssert.AreEqual(new uint[] { 0, 2, 0 }, model.Transform(Data()).GetColumn<uint>("Name").ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            ml.Transforms.Conversion.MapValueToKey("Name", keyData: Data()));
    }

    [TestMethod]
    public void NumbersHaveKeysTooAndNaNIsMissing()
    {
        var view = ml.Data.LoadFromEnumerable(
            new[] { 2.5f, float.NaN, 0, 2.5f }.Select(size => new Number { Size = size }));
        var keyed = Fit(ml.Transforms.Conversion.MapValueToKey("Size"), view);
        CollectionAssert.AreEqual(new uint[] { 1, 0, 2, 1 }, keyed.GetColumn<uint>("Size").ToArray());
        Assert.IsTrue(keyed.Schema["Size"].HasKeyValues(NumberDataViewType.Single));
        var back = Fit(ml.Transforms.Conversion.MapKeyToValue("Size"), keyed);
        CollectionAssert.AreEqual(new[] { 2.5f, float.NaN, 0, 2.5f }, back.GetColumn<float>("Size").ToArray());
    }

    [TestMethod]
    public void KeysOfNoValuesHaveOneKeyAndNoNames()
    {
        var empty = ml.Data.LoadFromEnumerable(new[] { new Word { Name = "" } });
        var keyed = Fit(ml.Transforms.Conversion.MapValueToKey("Name"), empty);
        Assert.AreEqual("Key<UInt32, 0-0>", keyed.Schema["Name"].Type.ToString());
        CollectionAssert.AreEqual(new uint[] { 0 }, keyed.GetColumn<uint>("Name").ToArray());
    }

    [TestMethod]
    public void KeysMapBackToTheirValues()
    {
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Keys", "Tags")
            .Append(ml.Transforms.Conversion.MapKeyToValue([new InputOutputColumnPair("Back", "Keys")]));
        var view = pipeline.Fit(Data()).Transform(Data());
        Assert.AreEqual("Back: Vector<String>", view.Schema["Back"].ToString());
        CollectionAssert.AreEqual(new[] { "red big", "", "big Blue " },
            view.GetColumn<string[]>("Back").Select(tags => string.Join(' ', tags)).ToArray());
        Assert.ThrowsExactly<InvalidOperationException>(
            () => Fit(ml.Transforms.Conversion.MapKeyToValue("Number"), Keyless()));
        Assert.Throws<ArgumentException>(
            () => pipeline.Append(ml.Transforms.Conversion.MapKeyToValue("Name")).Fit(Data()));
    }

    [TestMethod]
    public void ShapesFollowTheTransformers()
    {
        var probe = new ShapeProbe();
        var conversion = ml.Transforms.Conversion;
        conversion.MapValueToKey("Keys", "Tags").Append(conversion.MapKeyToValue("Back", "Keys"))
            .Append(ml.Transforms.CopyColumns("Copy", "Size")).Append(ml.Transforms.DropColumns("Size"))
            .Append(probe).Fit(Data());
        CollectionAssert.AreEquivalent(new[] { "Name Scalar String False ", "Tags VariableVector String False ",
            "Keys VariableVector UInt32 True KeyValues", "Back VariableVector String False ",
            "Copy Vector Single False " },
            probe.Seen);
    }

    [TestMethod]
    public void MapperRowsFollowTheirInputAndKnowTheirNeeds()
    {
        var data = Data();
        ITransformer model = ml.Transforms.Conversion.MapValueToKey("Key", "Name")
            .Append(ml.Transforms.CopyColumns("Copy", "Key")).Append(ml.Transforms.DropColumns("Size")).Fit(data);
        var mapper = model.GetRowToRowMapper(data.Schema);
        CollectionAssert.AreEqual(new[] { "Name" },
            mapper.GetDependencies([mapper.OutputSchema["Copy"]]).Select(column => column.Name).ToArray());
        using var cursor = data.GetRowCursor(data.Schema);
        using var row = mapper.GetRow(cursor, [mapper.OutputSchema["Copy"]]);
        Assert.AreSame(mapper.OutputSchema, row.Schema);
        var copy = row.GetGetter<uint>(mapper.OutputSchema["Copy"]);
        var keys = new List<uint>();
        while (cursor.MoveNext())
        {
            uint key = 0;
            copy(ref key);
            keys.Add(key);
        }
        CollectionAssert.AreEqual(new uint[] { 1, 2, 1 }, keys);
    }

    [TestMethod]
    public void SlotNamesAreFoundOnVectorsOfKnownSize()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, 2),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(2, ["w".AsMemory(), "h".AsMemory()]));
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Size", new VectorDataViewType(NumberDataViewType.Single, 2), annotations.ToAnnotations());
        builder.AddColumn("Other", new VectorDataViewType(NumberDataViewType.Single), annotations.ToAnnotations());
        var schema = builder.ToSchema();
        Assert.IsTrue(schema["Size"].HasSlotNames());
        Assert.IsFalse(schema["Other"].HasSlotNames());
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Size"].GetSlotNames(ref names);
        Assert.AreEqual("h", names.GetItemOrDefault(1).ToString());
    }

    private IDataView Data() => ml.Data.LoadFromEnumerable(new Thing[]
    {
        new() { Name = "cat", Size = [1, 2], Tags = ["red", "big"] },
        new() { Name = "dog", Size = [3, 4], Tags = [] },
        new() { Name = "cat", Size = [5, 6], Tags = ["big", "Blue", ""] },
    });

    private IDataView Keyless() => ml.Data.LoadFromEnumerable([new Keyed()]);

    private static IDataView Fit(IEstimator<ITransformer> estimator, IDataView data) =>
        estimator.Fit(data).Transform(data);

    private static string[] Names(IDataView view) => [.. view.Schema.Select(column => column.Name)];

    private static string[] KeyValues(IDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        view.Schema["Tags"].GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => value.ToString())];
    }

    private sealed class Thing
    {
        public string Name { get; set; } = "";

        [VectorType(2)]
        public float[] Size { get; set; } = [];

        public string[] Tags { get; set; } = [];
    }

    private sealed class Word
    {
        public string Name { get; set; } = "";
    }

    private sealed class Number
    {
        public float Size { get; set; }
    }

    private sealed class Keyed
    {
        [KeyType(3)]
        public uint Number { get; set; }
    }
}
