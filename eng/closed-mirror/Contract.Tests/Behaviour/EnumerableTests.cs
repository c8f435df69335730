namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class EnumerableTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void MembersBecomeColumnsFieldsFirst()
    {
        var schema = ml.Data.LoadFromEnumerable(new[] { new Picture() }).Schema;
        CollectionAssert.AreEqual(new[] { "Weight: Single", "Path: String", "Boxes: Vector<Single>",
            "Size: Vector<Int32, 2>",
            "Class: Key<UInt32, 0-2>", "Labels: Vector<Key<UInt32, 0-2>>", "Names: Vector<String>", "Crowd: Boolean",
            "Pixels: Vector<Byte>" }, schema.Select(column => column.ToString()).ToArray());
    }

    [TestMethod]
    public void ScalarKeysCountFromZeroInObjectsAndFromOneInViews()
    {
        var view = ml.Data.LoadFromEnumerable(
            new uint[] { 0, 2, 3 }.Select(key => new Picture { Class = key, Labels = [0, 2] }));
        CollectionAssert.AreEqual(new uint[] { 1, 3, 0 }, view.GetColumn<uint>("Class").ToArray());
        CollectionAssert.AreEqual(new uint[] { 0, 2 },
            view.GetColumn<VBuffer<uint>>("Labels").First().GetValues().ToArray());
        CollectionAssert.AreEqual(new uint[] { 1, 3, 0 },
            ml.Data.CreateEnumerable<Picture>(view, reuseRowObject: false).Select(row => row.Class).ToArray());
    }

    [TestMethod]
    public void ValuesComeBackAsTheyWere()
    {
        var pixels = new VBuffer<byte>(4, 1, [7], [2]);
        var row = new Picture { Path = "a.png", Boxes = [1, 2, 3, 4], Size = [5, 6], Names = ["x", null!],
            Crowd = true, Pixels = pixels };
        var back = ml.Data.CreateEnumerable<Picture>(ml.Data.LoadFromEnumerable([row]), reuseRowObject: false).Single();
        Assert.AreEqual("a.png", back.Path);
        CollectionAssert.AreEqual(row.Boxes, back.Boxes);
        CollectionAssert.AreEqual(row.Size, back.Size);
        CollectionAssert.AreEqual(new[] { "x", "" }, back.Names);
        Assert.IsTrue(back.Crowd);
        Assert.IsFalse(back.Pixels.IsDense);
        Assert.AreEqual(7, back.Pixels.GetItemOrDefault(2));
        Assert.AreNotSame(row.Boxes, back.Boxes);
    }

    [TestMethod]
    public void NullTextIsEmptyAndNullArraysHaveNoItems()
    {
        var back = ml.Data.CreateEnumerable<Picture>(
            ml.Data.LoadFromEnumerable([new Picture { Path = null!, Boxes = null!, Names = null! }]), false).Single();
        Assert.AreEqual("", back.Path);
        Assert.IsEmpty(back.Boxes);
        Assert.IsEmpty(back.Names);
    }

    [TestMethod]
    public void ViewIsLazyAndReadAnewByEachCursor()
    {
        var reads = 0;
        IEnumerable<Picture> Rows()
        {
            reads++;
            yield return new Picture();
        }
        var view = ml.Data.LoadFromEnumerable(Rows());
        Assert.AreEqual(0, reads);
        Assert.IsNull(view.GetRowCount());
        Assert.IsFalse(view.CanShuffle);
        Assert.AreEqual(1, view.GetColumn<float>("Weight").Count());
        Assert.AreEqual(1, view.GetColumn<float>("Weight").Count());
        Assert.AreEqual(2, reads);
        Assert.AreEqual(2, ml.Data.LoadFromEnumerable(new List<Picture> { new(), new() }).GetRowCount());
    }

    [TestMethod]
    public void CursorGivesOnlyActiveColumnsOfTheRightType()
    {
        var view = ml.Data.LoadFromEnumerable([new Picture { Weight = 3 }]);
        using var cursor = view.GetRowCursor([view.Schema["Weight"]]);
        Assert.IsTrue(cursor.IsColumnActive(view.Schema["Weight"]));
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["Path"]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Path"]));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(view.Schema["Weight"]));
        Assert.AreEqual(-1, cursor.Position);
        var getter = cursor.GetGetter<float>(view.Schema["Weight"]);
        var idGetter = cursor.GetIdGetter();
        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual(0, cursor.Position);
        var value = 0f;
        getter(ref value);
        Assert.AreEqual(3f, value);
        DataViewRowId id = default;
        idGetter(ref id);
        Assert.AreEqual(new DataViewRowId(0, 0), id);
        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
        Assert.HasCount(1, view.GetRowCursorSet(view.Schema, 4));
    }

    [TestMethod]
    public void MissingColumnsThrowUnlessIgnored()
    {
        var view = ml.Data.LoadFromEnumerable([new Other { Weight = 2 }]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.CreateEnumerable<Picture>(view, false));
        var row = ml.Data.CreateEnumerable<Picture>(view, false, ignoreMissingColumns: true).Single();
        Assert.AreEqual(2f, row.Weight);
        Assert.AreEqual("untouched", row.Path);
    }

    [TestMethod]
    public void ColumnOfAnotherTypeThrows()
    {
        var view = ml.Data.LoadFromEnumerable([new Wrong()]);
        Assert.ThrowsExactly<InvalidOperationException>(
            () => ml.Data.CreateEnumerable<Picture>(view, false, ignoreMissingColumns: true));
    }

    [TestMethod]
    public void RowObjectIsReusedOnRequest()
    {
        var view = ml.Data.LoadFromEnumerable(new[] { 1f, 2f }.Select(weight => new Other { Weight = weight }));
        List<Other> reused = [.. ml.Data.CreateEnumerable<Other>(view, reuseRowObject: true)];
        Assert.AreSame(reused[0], reused[1]);
        List<Other> fresh = [.. ml.Data.CreateEnumerable<Other>(view, reuseRowObject: false)];
        Assert.AreNotSame(fresh[0], fresh[1]);
    }

    [TestMethod]
    public void SchemaDefinitionRenamesAndRetypesColumns()
    {
        var definition = SchemaDefinition.Create(typeof(Picture));
        definition["Weight"].ColumnName = "Mass";
        definition["Boxes"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        definition["Mass"].AddAnnotation("Unit", "kg", TextDataViewType.Instance);
        var view = ml.Data.LoadFromEnumerable([new Picture { Weight = 5 }], definition);
        Assert.AreEqual("Mass: Single {Unit}", view.Schema["Mass"].ToString());
        Assert.AreEqual("Boxes: Vector<Single, 4>", view.Schema["Boxes"].ToString());
        ReadOnlyMemory<char> unit = default;
        view.Schema["Mass"].Annotations.GetValue("Unit", ref unit);
        Assert.AreEqual("kg", unit.ToString());
        Assert.AreEqual(5f, ml.Data.CreateEnumerable<Picture>(view, false, false, definition).Single().Weight);
        definition["Boxes"].ColumnType = NumberDataViewType.Single;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            ml.Data.LoadFromEnumerable([new Picture()], definition));
    }

    [TestMethod]
    public void SchemaGivesTypesAndAnnotations()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("Unit", TextDataViewType.Instance, "kg".AsMemory());
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Weight", NumberDataViewType.Single, annotations.ToAnnotations());
        var view = ml.Data.LoadFromEnumerable([new Picture()], builder.ToSchema());
        Assert.AreEqual("Weight: Single {Unit}", view.Schema["Weight"].ToString());
        builder.AddColumn("Absent", NumberDataViewType.Single);
        Assert.ThrowsExactly<InvalidOperationException>(() =>
            ml.Data.LoadFromEnumerable([new Picture()], builder.ToSchema()));
    }

    [TestMethod]
    public void NullRowsAndForeignTypesAreRefused()
    {
        var view = ml.Data.LoadFromEnumerable(new Other[] { null! });
        Assert.ThrowsExactly<InvalidOperationException>(() => view.GetColumn<float>("Weight").ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.LoadFromEnumerable([new Foreign()]));
    }

    private sealed class Picture
    {
        public float Weight;

        [NoColumn]
        public object? Tag = "no column";

        public string Path { get; set; } = "untouched";

        public float[] Boxes { get; set; } = [];

        [VectorType(2)]
        public int[] Size { get; set; } = [0, 0];

        [KeyType(3)]
        public uint Class { get; set; }

        [KeyType(3)]
        public uint[] Labels { get; set; } = [];

        public string[] Names { get; set; } = [];

        public bool Crowd { get; set; }

        public VBuffer<byte> Pixels { get; set; }
    }

    private sealed class Other
    {
        public float Weight { get; set; }

        public float Double => 2 * Weight;
    }

    private sealed class Wrong
    {
        public int Weight { get; set; }
    }

    private sealed class Foreign
    {
        public Uri? Link { get; set; }
    }
}
