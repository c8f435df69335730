namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class SchemaTests
{
    [TestMethod]
    public void TypesPrintCompareAndHoldTheirRawTypes()
    {
        Assert.AreEqual("Single", NumberDataViewType.Single.ToString());
        Assert.AreEqual("String", TextDataViewType.Instance.ToString());
        Assert.AreEqual("Boolean", BooleanDataViewType.Instance.ToString());
        Assert.AreEqual("Key<UInt32, 0-4>", new KeyDataViewType(typeof(uint), 5).ToString());
        Assert.AreEqual("Vector<Single>", new VectorDataViewType(NumberDataViewType.Single).ToString());
        Assert.AreEqual("Vector<Byte, 3>", new VectorDataViewType(NumberDataViewType.Byte, 3).ToString());
        Assert.AreEqual("Vector<Byte, 3, *>", new VectorDataViewType(NumberDataViewType.Byte, 3, 0).ToString());
        Assert.AreEqual(typeof(ReadOnlyMemory<char>), TextDataViewType.Instance.RawType);
        Assert.AreEqual(typeof(VBuffer<uint>), new VectorDataViewType(new KeyDataViewType(typeof(uint), 2)).RawType);
        Assert.AreEqual(new VectorDataViewType(new KeyDataViewType(typeof(uint), 2), 2, 3),
            new VectorDataViewType(new KeyDataViewType(typeof(uint), 2), 2, 3));
        Assert.AreNotEqual(new KeyDataViewType(typeof(uint), 2), new KeyDataViewType(typeof(byte), 2));
        Assert.AreEqual(6, new VectorDataViewType(NumberDataViewType.Byte, 2, 3).Size);
        Assert.IsFalse(new VectorDataViewType(NumberDataViewType.Byte, 2, 0).IsKnownSize);
    }

    [TestMethod]
    public void KeysHaveACountThatFitsTheirType()
    {
        Assert.AreEqual(255ul, new KeyDataViewType(typeof(byte), 255).Count);
        Assert.AreEqual(ulong.MaxValue, new KeyDataViewType(typeof(ulong), ulong.MaxValue).Count);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(byte), 256));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(uint), 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyDataViewType(typeof(int), 3));
    }

    [TestMethod]
    public void LaterColumnHidesEarlierOneOfTheSameName()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("A", NumberDataViewType.Single);
        builder.AddColumn("B", TextDataViewType.Instance);
        builder.AddColumn("A", NumberDataViewType.Int32);
        var schema = builder.ToSchema();
        Assert.HasCount(3, schema);
        Assert.AreEqual(2, schema["A"].Index);
        Assert.IsTrue(schema[0].IsHidden);
        Assert.IsFalse(schema[2].IsHidden);
        Assert.AreEqual("A: Single", schema[0].ToString());
        Assert.IsNull(schema.GetColumnOrNull("C"));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => schema["C"]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => schema[3]);
        Assert.AreEqual("3 columns", schema.ToString());
    }

    [TestMethod]
    public void AnnotationsAreTypedValuesByName()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("Width", NumberDataViewType.Int32, 640);
        builder.Add("Names", new VectorDataViewType(TextDataViewType.Instance, 1),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(1, ["cat".AsMemory()]));
        var annotations = builder.ToAnnotations();
        var width = 0;
        annotations.GetValue("Width", ref width);
        Assert.AreEqual(640, width);
        var column = new DataViewSchema.DetachedColumn("Image", NumberDataViewType.Byte, annotations);
        var outer = new DataViewSchema.Builder();
        outer.AddColumns([column]);
        Assert.AreEqual("Image: Byte {Width, Names}", outer.ToSchema()[0].ToString());
        var wrong = 0f;
        Assert.ThrowsExactly<InvalidOperationException>(() => annotations.GetValue("Width", ref wrong));
        Assert.ThrowsExactly<InvalidOperationException>(() => annotations.GetValue("Height", ref width));
        var copy = new DataViewSchema.Annotations.Builder();
        copy.Add(annotations, name => name == "Names");
        Assert.AreEqual("Names", copy.ToAnnotations().ToString());
        Assert.IsEmpty(outer.ToSchema()[0].Annotations.Schema["Names"].Annotations.Schema);
    }

    [TestMethod]
    public void AnnotationGetterMustHaveTheTypesRawType()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        ValueGetter<int> getter = (ref int value) => value = 1;
        Assert.ThrowsExactly<ArgumentException>(() => builder.Add("A", NumberDataViewType.Single, getter));
    }
}
