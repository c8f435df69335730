using Microsoft.ML.Runtime;

namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class RowsTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void TakeAndSkipKeepOrderAndReadNoMoreThanNeeded()
    {
        var read = 0;
        var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(i => new Row { Value = read = i }));
        CollectionAssert.AreEqual(new[] { 0f, 1f, 2f }, Values(ml.Data.TakeRows(view, 3)));
        Assert.AreEqual(2, read);
        CollectionAssert.AreEqual(new[] { 7f, 8f }, Values(ml.Data.SkipRows(view, 7)));
        CollectionAssert.AreEqual(new[] { 4f, 5f }, Values(ml.Data.TakeRows(ml.Data.SkipRows(view, 4), 2)));
        Assert.IsEmpty(Values(ml.Data.SkipRows(view, 10)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.TakeRows(view, 0));
        Assert.IsNull(ml.Data.TakeRows(view, 3).GetRowCount());
        Assert.AreEqual(3, ml.Data.TakeRows(List(9), 3).GetRowCount());
        Assert.AreEqual(2, ml.Data.SkipRows(List(9), 7).GetRowCount());
        Assert.IsFalse(ml.Data.TakeRows(ml.Data.Cache(view), 3).CanShuffle);
    }

    [TestMethod]
    [DataRow(20, 1000, 3)]
    [DataRow(20, 4, 3)]
    [DataRow(100, 30, 8)]
    public void ShuffleDrawsFromAPoolInARepeatableOrder(int rows, int pool, int seed)
    {
        var shuffled = ml.Data.ShuffleRows(List(rows), seed, pool);
        var order = Values(shuffled);
        CollectionAssert.AreEqual(order, Values(shuffled));
        CollectionAssert.AreEqual(Values(List(rows)), order.Order().ToArray());
        CollectionAssert.AreNotEqual(Values(List(rows)), order);
        for (var i = 0; i < rows; i++)
            Assert.IsLessThan(i + pool, (int)order[i]);
        Assert.IsTrue(shuffled.CanShuffle);
        Assert.AreEqual(rows, shuffled.GetRowCount());
    }

    [TestMethod]
    public void ShuffleOrderIsMlNets()
    {
        CollectionAssert.AreEqual(new float[] { 7, 10, 2, 6, 11, 0, 4, 8, 3, 5, 1, 9 },
            Values(ml.Data.ShuffleRows(List(12), 3)));
        CollectionAssert.AreEqual(new float[] { 2, 4, 0, 1, 7, 6, 9, 3, 11, 8, 10, 5 },
            Values(ml.Data.ShuffleRows(List(12), 3, 4)));
        CollectionAssert.AreEqual(new float[] { 9, 3, 6, 10, 5, 1, 11, 2, 0, 8, 7, 4 },
            Values(ml.Data.ShuffleRows(ml.Data.Cache(List(12)), 3, 4)));
        CollectionAssert.AreEqual(new float[] { 6, 10, 9, 2, 3, 4, 1, 5, 8, 11, 7, 0 },
            Values(ml.Data.ShuffleRows(ml.Data.Cache(List(12)), 3, 1)));
    }

    [TestMethod]
    public void RandomNumbersAreMlNets()
    {
        var random = ((IHostEnvironment)ml).Register("x", seed: 7).Rand;
        CollectionAssert.AreEqual(new[] { 733061423, 625, 33, 1467281162 },
            new[] { random.Next(), random.Next(1000), random.Next(-50, 50),
                ((IHostEnvironment)ml).Register("y", 0).Rand.Next() });
        Assert.AreEqual(0.19385020527988672, random.NextDouble());
    }

    [TestMethod]
    public void ShuffledRowsKeepTheirIdsAndVectors()
    {
        var view = ml.Data.ShuffleRows(List(30), 5, 7);
        using var cursor = view.GetRowCursor(view.Schema);
        var (id, value, vector) = (cursor.GetIdGetter(), cursor.GetGetter<float>(view.Schema["Value"]),
            cursor.GetGetter<VBuffer<float>>(view.Schema["Vector"]));
        DataViewRowId key = default;
        VBuffer<float> items = default;
        var number = 0f;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            id(ref key);
            value(ref number);
            vector(ref items);
            Assert.AreEqual(i, cursor.Position);
            Assert.AreEqual((ulong)number, key.Low);
            CollectionAssert.AreEqual(new[] { number, -number }, items.GetValues().ToArray());
        }
    }

    [TestMethod]
    public void SplitIsStableDisjointAndComplete()
    {
        var split = ml.Data.TrainTestSplit(List(200), testFraction: 0.25, seed: 5);
        var (train, test) = (Values(split.TrainSet), Values(split.TestSet));
        CollectionAssert.AreEqual(test, Values(split.TestSet));
        CollectionAssert.AreEqual(Values(List(200)), train.Concat(test).Order().ToArray());
        Assert.IsInRange(30, 70, test.Length);
        CollectionAssert.AreEqual(new[] { "Value", "Vector" },
            split.TestSet.Schema.Select(column => column.Name).ToArray());
        Assert.IsNull(split.TrainSet.GetRowCount());
        Assert.IsFalse(ml.Data.TrainTestSplit(ml.Data.Cache(List(9))).TrainSet.CanShuffle);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.TrainTestSplit(List(9), 1));
    }

    [TestMethod]
    public void SplitIsMlNets()
    {
        CollectionAssert.AreEqual(new float[] { 1, 2, 7, 14, 15, 16, 17 },
            Values(ml.Data.TrainTestSplit(List(20), 0.3, seed: 5).TestSet));
        CollectionAssert.AreEqual(new float[] { 2, 9, 10, 12, 13 },
            Values(ml.Data.TrainTestSplit(List(20), 0.3).TestSet));
        CollectionAssert.AreEqual(new float[] { 5, 6, 10, 18 },
            Values(new MLContext().Data.TrainTestSplit(List(20), 0.3).TestSet));
    }

    [TestMethod]
    public void CacheReadsEachColumnOnceAndShuffles()
    {
        var reads = 0;
        IEnumerable<Row> Rows()
        {
            reads++;
            for (var i = 0; i < 6; i++)
                yield return new Row { Value = i, Vector = [i, -i] };
        }
        var cached = ml.Data.Cache(ml.Data.LoadFromEnumerable(Rows()));
        CollectionAssert.AreEqual(Values(cached), Values(cached));
        Assert.AreEqual(1, reads);
        Assert.IsTrue(cached.CanShuffle);
        Assert.AreEqual(6, cached.GetRowCount());
        using var cursor = cached.GetRowCursor(cached.Schema, new Random(4));
        var (value, vector) = (cursor.GetGetter<float>(cached.Schema["Value"]),
            cursor.GetGetter<VBuffer<float>>(cached.Schema["Vector"]));
        var seen = new List<float>();
        while (cursor.MoveNext())
        {
            var number = 0f;
            VBuffer<float> items = default;
            value(ref number);
            vector(ref items);
            Assert.AreEqual(-number, items.GetItemOrDefault(1));
            seen.Add(number);
        }
        CollectionAssert.AreEquivalent(Values(cached), seen);
        CollectionAssert.AreNotEqual(Values(cached), seen);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.Cache(cached, "Absent"));
    }

    [TestMethod]
    public void FiltersKeepRowsOfARangeAndDropThoseOfAPredicate()
    {
        CollectionAssert.AreEqual(new[] { 2f, 3f, 4f }, Values(ml.Data.FilterRowsByColumn(List(9), "Value", 2, 5)));
        CollectionAssert.AreEqual(new[] { 0f, 4f, 8f },
            Values(ml.Data.FilterByCustomPredicate<Row>(List(9), dropped => dropped.Value % 4 != 0)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Data.FilterRowsByColumn(List(9), "Vector", 2, 5));
    }

    private IDataView List(int rows) => ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, rows).Select(i => new Row { Value = i, Vector = [i, -i] }).ToList());

    private static float[] Values(IDataView view) => [.. view.GetColumn<float>("Value")];

    private sealed class Row
    {
        public float Value { get; set; }

        public float[] Vector { get; set; } = [];
    }
}
