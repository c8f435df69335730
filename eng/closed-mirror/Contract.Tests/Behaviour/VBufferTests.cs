namespace Contract.Tests.Behaviour;

[TestClass]
public sealed class VBufferTests
{
    private static readonly VBuffer<float> Sparse = new(5, 2, [7f, 9f, -1f], [1, 4, -1]);

    [TestMethod]
    public void DenseVectorShowsItsFirstItems()
    {
        var dense = new VBuffer<int>(2, [4, 5, 6]);
        Assert.IsTrue(dense.IsDense);
        CollectionAssert.AreEqual(new[] { 4, 5 }, dense.GetValues().ToArray());
        Assert.AreEqual(0, dense.GetIndices().Length);
        CollectionAssert.AreEqual(new[] { 4, 5 }, dense.DenseValues().ToArray());
        Assert.AreEqual("Dense vector of size 2", dense.ToString());
    }

    [TestMethod]
    public void SparseVectorHasDefaultsBetweenItsItems()
    {
        Assert.IsFalse(Sparse.IsDense);
        Assert.AreEqual(5, Sparse.Length);
        CollectionAssert.AreEqual(new[] { 7f, 9f }, Sparse.GetValues().ToArray());
        CollectionAssert.AreEqual(new[] { 1, 4 }, Sparse.GetIndices().ToArray());
        CollectionAssert.AreEqual(new[] { 0f, 7f, 0f, 0f, 9f }, Sparse.DenseValues().ToArray());
        CollectionAssert.AreEqual(new[] { 1, 4 }, Sparse.Items().Select(item => item.Key).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3, 4 }, Sparse.Items(all: true).Select(item => item.Key).ToArray());
        Assert.AreEqual(9f, Sparse.GetItemOrDefault(4));
        Assert.AreEqual(0f, Sparse.GetItemOrDefault(3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sparse.GetItemOrDefault(5));
        Assert.AreEqual("Sparse vector of size 5, 2 explicit values", Sparse.ToString());
    }

    [TestMethod]
    public void CopiesKeepOrLoseSparsity()
    {
        VBuffer<float> copy = default;
        Sparse.CopyTo(ref copy);
        Assert.IsFalse(copy.IsDense);
        CollectionAssert.AreEqual(new[] { 0f, 7f, 0f, 0f, 9f }, copy.DenseValues().ToArray());
        Sparse.CopyTo(ref copy, 1, 3);
        CollectionAssert.AreEqual(new[] { 7f, 0f, 0f }, copy.DenseValues().ToArray());
        Assert.IsFalse(copy.IsDense);
        Sparse.CopyToDense(ref copy);
        Assert.IsTrue(copy.IsDense);
        CollectionAssert.AreEqual(new[] { 0f, 7f, 0f, 0f, 9f }, copy.GetValues().ToArray());
        var span = new float[7];
        Sparse.CopyTo(span, 1, -3f);
        CollectionAssert.AreEqual(new[] { 0f, -3f, 7f, -3f, -3f, 9f, 0f }, span);
        VBuffer<float>.Copy([1f, 2f, 3f], 1, ref copy, 2);
        CollectionAssert.AreEqual(new[] { 2f, 3f }, copy.DenseValues().ToArray());
    }

    [TestMethod]
    public void EditorReusesArraysThatAreLongEnough()
    {
        VBuffer<int> buffer = default;
        var editor = VBufferEditor.Create(ref buffer, 6);
        Assert.IsTrue(editor.CreatedNewValues);
        editor.Values.Fill(8);
        buffer = editor.Commit();
        editor = VBufferEditor.Create(ref buffer, 3);
        Assert.IsFalse(editor.CreatedNewValues);
        Assert.AreEqual(3, editor.Values.Length);
        buffer = editor.Commit();
        CollectionAssert.AreEqual(new[] { 8, 8, 8 }, buffer.GetValues().ToArray());
        editor = VBufferEditor.Create(ref buffer, 4, 2);
        Assert.IsTrue(editor.CreatedNewIndices);
        editor.Values[0] = 1;
        editor.Indices[0] = 3;
        buffer = editor.CommitTruncated(1);
        CollectionAssert.AreEqual(new[] { 0, 0, 0, 1 }, buffer.DenseValues().ToArray());
        buffer = VBufferEditor.Create(ref buffer, 0).Commit();
        Assert.AreEqual(0, buffer.Length);
    }

    [TestMethod]
    public void TooFewValuesAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = new VBuffer<int>(3, [1, 2]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = new VBuffer<int>(3, 2, [1, 2], [0]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = new VBuffer<int>(-1, []));
    }
}
