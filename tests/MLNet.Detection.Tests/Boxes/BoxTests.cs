using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class BoxTests
{
    private const string Group = "09_matching";

    private static IEnumerable<object[]> Conversions => References.Named(Group, "box_convert");

    private static IEnumerable<object[]> Areas => References.Named(Group, "box_area");

    private static IEnumerable<object[]> Clips => References.Named(Group, "clip_boxes_to_image");

    private static IEnumerable<object[]> SmallBoxes => References.Named(Group, "remove_small_boxes");

    [TestMethod, DynamicData(nameof(Conversions))]
    public void ConvertsBetweenFormats(object row)
    {
        var reference = (ReferenceCase)row;
        var boxes = reference.Floats("boxes");
        var from = Enum.Parse<BoxFormat>(reference.Params.GetProperty("in").GetString()!, ignoreCase: true);
        var to = Enum.Parse<BoxFormat>(reference.Params.GetProperty("out").GetString()!, ignoreCase: true);
        BoxConversion.Convert(boxes, from, to, boxes);
        Close.To(reference.Value(), boxes, 1e-7, reference.Name);
    }

    [TestMethod, DynamicData(nameof(Areas))]
    public void AreaIsWidthTimesHeight(object row)
    {
        var reference = (ReferenceCase)row;
        var areas = reference.Boxes("boxes").Select(b => b.Area).ToArray();
        Close.To(reference.Value(), areas, 1e-7, reference.Name);
    }

    [TestMethod, DynamicData(nameof(Clips))]
    public void ClipsToTheImage(object row)
    {
        var reference = (ReferenceCase)row;
        var (width, height) = (reference.Integer("image_width"), reference.Integer("image_height"));
        var clipped = reference.Boxes("boxes").Select(b => b.Clip(width, height)).ToArray();
        Close.To(reference.Value(), clipped, 0, reference.Name);
    }

    [TestMethod, DynamicData(nameof(SmallBoxes))]
    public void WidthAndHeightTellSmallBoxes(object row)
    {
        var reference = (ReferenceCase)row;
        var least = reference.Single("min_size");
        var boxes = reference.Boxes("boxes");
        var kept = Enumerable.Range(0, boxes.Length).Where(i => boxes[i].Width >= least && boxes[i].Height >= least);
        CollectionAssert.AreEqual(reference.IntegerValue(), kept.ToArray());
    }

    [TestMethod]
    public void ScaleAndOffsetMoveAllCorners()
    {
        var box = new Box(1, 2, 3, 6);
        Assert.AreEqual(new Box(2, 6, 6, 18), box.Scale(2, 3));
        Assert.AreEqual(new Box(11, -3, 13, 1), box.Offset(10, -5));
    }

    [TestMethod]
    public void ABoxWithoutAreaIsNotProper()
    {
        Assert.IsTrue(new Box(0, 0, 1, 1).IsProper);
        Assert.IsFalse(new Box(0, 0, 0, 1).IsProper);
        Assert.IsFalse(new Box(1, 1, 0, 0).IsProper);
        Assert.IsFalse(new Box(0, 0, float.NaN, 1).IsProper);
        Assert.IsFalse(new Box(0, 0, float.PositiveInfinity, 1).IsProper);
        Assert.AreEqual(0f, new Box(1, 1, 0, 0).Area);
    }

    [TestMethod]
    public void ConversionNamesWrongLengths()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => BoxConversion.Convert(new float[5], BoxFormat.Xywh, BoxFormat.Xyxy, new float[5]));
        StringAssert.Contains(error.Message, "5 numbers");
        Assert.AreEqual(new Box(1, 2, 4, 6), BoxConversion.ToBoxes([1, 2, 3, 4], BoxFormat.Xywh).Single());
        Assert.IsEmpty(BoxConversion.ToBoxes([], BoxFormat.Cxcywh));
    }
}
