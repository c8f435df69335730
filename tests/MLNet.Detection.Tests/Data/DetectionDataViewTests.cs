using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class DetectionDataViewTests
{
    private static readonly LabeledBox Cup = new(new Box(1, 2, 3, 4), 0, 4, Crowd: true, Id: 1);
    private static readonly LabeledBox Dog = new(new Box(5, 6, 7, 9), 1, 5.5, Difficult: true, Id: 2);

    [TestMethod]
    public void Schema_has_the_names_and_types_of_the_contract()
    {
        var schema = View("x").Schema;
        var expected = new Dictionary<string, DataViewType>
        {
            ["Image"] = new VectorDataViewType(NumberDataViewType.Byte),
            ["Label"] = new VectorDataViewType(new KeyDataViewType(typeof(uint), 2)),
            ["BoundingBoxes"] = new VectorDataViewType(NumberDataViewType.Single),
            ["Crowd"] = new VectorDataViewType(BooleanDataViewType.Instance),
            ["Difficult"] = new VectorDataViewType(BooleanDataViewType.Instance),
            ["Area"] = new VectorDataViewType(NumberDataViewType.Single),
            ["ImageId"] = NumberDataViewType.Int64,
            ["FileName"] = TextDataViewType.Instance,
            ["Width"] = NumberDataViewType.Int32,
            ["Height"] = NumberDataViewType.Int32,
        };
        CollectionAssert.AreEqual(expected.Keys, schema.Select(column => column.Name).ToArray());
        foreach (var column in schema)
            Assert.AreEqual(expected[column.Name], column.Type);

        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Label"].Annotations.GetValue("KeyValues", ref names);
        CollectionAssert.AreEqual(
            new[] { "cup", "dog" }, names.DenseValues().Select(name => name.ToString()).ToArray());
    }

    [TestMethod]
    public void Rows_have_the_values_of_the_data_set()
    {
        using var folder = new TemporaryFolder();
        var view = View(folder.Path);
        File.WriteAllBytes(folder.File("0.jpg"), [1, 2, 3]);
        File.WriteAllBytes(folder.File("1.jpg"), [4]);
        Assert.AreEqual(4, view.GetRowCount());

        using var cursor = view.GetRowCursor(view.Schema);
        Assert.AreEqual(-1, cursor.Position);
        Assert.IsTrue(cursor.MoveNext());
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, Vector<byte>(cursor, "Image"));
        CollectionAssert.AreEqual(new[] { 1u, 2u }, Vector<uint>(cursor, "Label"));
        CollectionAssert.AreEqual(new[] { 1f, 2, 3, 4, 5, 6, 7, 9 }, Vector<float>(cursor, "BoundingBoxes"));
        CollectionAssert.AreEqual(new[] { true, false }, Vector<bool>(cursor, "Crowd"));
        CollectionAssert.AreEqual(new[] { false, true }, Vector<bool>(cursor, "Difficult"));
        CollectionAssert.AreEqual(new[] { 4f, 5.5f }, Vector<float>(cursor, "Area"));
        Assert.AreEqual(100L, Value<long>(cursor, "ImageId"));
        Assert.AreEqual("0.jpg", Value<ReadOnlyMemory<char>>(cursor, "FileName").ToString());
        Assert.AreEqual((20, 10), (Value<int>(cursor, "Width"), Value<int>(cursor, "Height")));
        Assert.IsTrue(cursor.MoveNext());
        CollectionAssert.AreEqual(new byte[] { 4 }, Vector<byte>(cursor, "Image"));
        Assert.IsEmpty(Vector<float>(cursor, "BoundingBoxes"));
    }

    [TestMethod]
    public void One_buffer_serves_all_rows()
    {
        var view = View("x");
        using var cursor = view.GetRowCursor([view.Schema["Label"]]);
        var getter = cursor.GetGetter<VBuffer<uint>>(view.Schema["Label"]);
        VBuffer<uint> labels = default;
        var lengths = new List<int>();
        while (cursor.MoveNext())
        {
            getter(ref labels);
            lengths.Add(labels.Length);
        }
        CollectionAssert.AreEqual(new[] { 2, 0, 2, 0 }, lengths);
    }

    [TestMethod]
    public void Files_are_read_only_when_their_value_is_asked_for()
    {
        var view = View("no-such-folder");
        using var cursor = view.GetRowCursor(view.Schema);
        while (cursor.MoveNext())
            Assert.IsGreaterThanOrEqualTo(100L, Value<long>(cursor, "ImageId"));

        using var again = view.GetRowCursor([view.Schema["Image"]]);
        VBuffer<byte> bytes = default;
        var image = again.GetGetter<VBuffer<byte>>(view.Schema["Image"]);
        again.MoveNext();
        var error = Assert.ThrowsExactly<UnreadableImageException>(() => image(ref bytes));
        Assert.Contains("0.jpg", error.Message);
        Assert.IsTrue(again.MoveNext());
    }

    [TestMethod]
    public void Shuffling_visits_each_row_once_in_an_order_of_the_seed()
    {
        var view = View("x", count: 50);
        long[] Ids(Random? random)
        {
            using var cursor = view.GetRowCursor([view.Schema["ImageId"]], random);
            var ids = new List<long>();
            while (cursor.MoveNext())
            {
                ids.Add(Value<long>(cursor, "ImageId"));
                DataViewRowId id = default;
                cursor.GetIdGetter()(ref id);
                Assert.AreEqual((ulong)ids[^1] - 100, id.Low);
            }
            return [.. ids];
        }

        Assert.IsTrue(view.CanShuffle);
        var inOrder = Ids(null);
        CollectionAssert.AreEqual(Enumerable.Range(100, 50).Select(id => (long)id).ToArray(), inOrder);
        CollectionAssert.AreEqual(Ids(new Random(7)), Ids(new Random(7)));
        CollectionAssert.AreNotEqual(Ids(new Random(8)), Ids(new Random(7)));
        CollectionAssert.AreEquivalent(inOrder, Ids(new Random(7)));
    }

    [TestMethod]
    public void Wrong_uses_are_named()
    {
        var view = View("x");
        using var cursor = view.GetRowCursor([view.Schema["Width"]]);
        Assert.IsTrue(cursor.IsColumnActive(view.Schema["Width"]));
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["Height"]));
        Assert.Contains("Height is not active", Assert.ThrowsExactly<InvalidOperationException>(
            () => cursor.GetGetter<int>(view.Schema["Height"])).Message);
        Assert.Contains("Int32, not System.Int64", Assert.ThrowsExactly<InvalidOperationException>(
            () => cursor.GetGetter<long>(view.Schema["Width"])).Message);
        Assert.Contains("before its first row", Assert.ThrowsExactly<InvalidOperationException>(
            () => Value<int>(cursor, "Width")).Message);
        while (cursor.MoveNext()) { }
        Assert.IsFalse(cursor.MoveNext());
        Assert.Contains("behind its last row", Assert.ThrowsExactly<InvalidOperationException>(
            () => Value<int>(cursor, "Width")).Message);
    }

    [TestMethod]
    public void A_cursor_set_sees_every_row_once()
    {
        var view = View("x", count: 9);
        var rows = 0;
        foreach (var cursor in view.GetRowCursorSet(view.Schema, 3))
            using (cursor)
                while (cursor.MoveNext())
                    rows++;
        Assert.AreEqual(9, rows);
    }

    [TestMethod]
    public void Other_parts_of_mlnet_read_it()
    {
        CollectionAssert.AreEqual(new[] { 100L, 101, 102, 103 }, View("x").GetColumn<long>("ImageId").ToArray());
        var corners = View("x").GetColumn<float[]>("BoundingBoxes");
        CollectionAssert.AreEqual(new[] { 8, 0, 8, 0 }, corners.Select(row => row.Length).ToArray());
    }

    private static DetectionDataView View(string folder, int count = 4) => new(new DetectionDataset(
        "test", [new Category(90, "cup"), new Category(18, "dog")],
        Enumerable.Range(0, count).Select(i => new LabeledImage(
            100 + i, $"{i}.jpg", Path.Combine(folder, $"{i}.jpg"), 20, 10, i % 2 == 0 ? [Cup, Dog] : []))));

    private static T Value<T>(DataViewRow row, string column)
    {
        T value = default!;
        row.GetGetter<T>(row.Schema[column])(ref value);
        return value;
    }

    private static T[] Vector<T>(DataViewRow row, string column) => [.. Value<VBuffer<T>>(row, column).DenseValues()];
}
