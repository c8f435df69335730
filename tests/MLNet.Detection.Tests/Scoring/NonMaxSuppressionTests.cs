using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Scoring;

[TestClass]
public sealed class NonMaxSuppressionTests
{
    private const string Group = "11_nms";

    private static IEnumerable<object[]> OneClass => References.Named(Group, "nms");

    private static IEnumerable<object[]> ManyClasses => References.Named(Group, "batched_nms");

    private static IEnumerable<object[]> Soft => References.Named(Group, "soft_nms");

    [TestMethod, DynamicData(nameof(OneClass))]
    public void KeepsTheIndicesOfTorchvision(object row)
    {
        var reference = (ReferenceCase)row;
        var kept = NonMaxSuppression.Keep(
            reference.Boxes("boxes"), reference.Floats("scores"), reference.Single("iou_threshold"));
        CollectionAssert.AreEqual(reference.IntegerValue(), kept);
    }

    [TestMethod, DynamicData(nameof(ManyClasses))]
    public void ClassesDoNotSuppressEachOther(object row)
    {
        var reference = (ReferenceCase)row;
        var kept = NonMaxSuppression.Keep(
            reference.Boxes("boxes"), reference.Floats("scores"), reference.Integers("idxs"),
            reference.Single("iou_threshold"));
        CollectionAssert.AreEqual(reference.IntegerValue(), kept);
    }

    [TestMethod, DynamicData(nameof(Soft))]
    public void SoftSuppressionLowersScores(object row)
    {
        var reference = (ReferenceCase)row;
        var method = Enum.Parse<SoftSuppression>(reference.Params.GetProperty("method").GetString()!, ignoreCase: true);
        var kept = new SoftNonMaxSuppression(
            method, reference.Single("sigma"), reference.Single("iou_threshold"), reference.Single("score_threshold"))
            .Keep(reference.Boxes("boxes"), reference.Floats("scores"));
        CollectionAssert.AreEqual(reference.IntegerValue(), kept.Select(k => k.Index).ToArray());
        Close.To(reference.Output("scores"), kept.Select(k => k.Score).ToArray(), 1e-6, reference.Name);
    }

    [TestMethod]
    public void NaNScoresComeLastAndEmptyBoxesSuppressNothing()
    {
        Box[] boxes = [new(0, 0, 4, 4), new(2, 2, 2, 2), new(2, 2, 2, 2)];
        CollectionAssert.AreEqual(new[] { 2, 1, 0 }, NonMaxSuppression.Keep(boxes, [float.NaN, 0.1f, 0.2f], 0f));
    }

    [TestMethod]
    public void WrongLengthsAreNamed()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => NonMaxSuppression.Keep(new Box[3], new float[3], new int[2], 0.5f));
        StringAssert.Contains(error.Message, "3 boxes came with 3 scores and 2 classes");
        Assert.ThrowsExactly<ArgumentException>(() => NonMaxSuppression.Keep(new Box[3], new float[2], 0.5f));
        Assert.ThrowsExactly<ArgumentException>(() => new SoftNonMaxSuppression().Keep(new Box[3], new float[2]));
    }
}
