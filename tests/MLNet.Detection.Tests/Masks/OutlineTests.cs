using MLNet.Detection.Data;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Masks;

[TestClass]
public class OutlineTests
{
    [TestMethod]
    public void APolygonTakesThePixelsWhoseCentresAreInside()
    {
        CollectionAssert.AreEqual((int[])[5, 6, 9, 10], Pixels(new PolygonOutline([[1, 1, 3, 1, 3, 3, 1, 3]]), 4, 4));
        CollectionAssert.AreEqual((int[])[5], Pixels(new PolygonOutline([[0.6f, 0.6f, 2.4f, 0.6f, 2.4f, 2.4f, 0.6f, 2.4f]]), 4, 4)
            .Where(at => at == 5).ToArray());
        CollectionAssert.AreEqual((int[])[], Pixels(new PolygonOutline([[1, 1, 3, 3]]), 4, 4));
        // What leaves the picture, and what is twice there.
        CollectionAssert.AreEqual((int[])[0, 1], Pixels(new PolygonOutline([[-5, -5, 2, -5, 2, 1, -5, 1], [0, 0, 1, 0, 1, 1, 0, 1]]), 2, 2));
    }

    /// <summary>COCO's own example of the compressed form: pycocotools encodes this object so.</summary>
    [TestMethod]
    public void RunLengthsGoColumnByColumn()
    {
        var plain = new RunLengthOutline(3, 2, [1, 2, 3]);
        CollectionAssert.AreEqual((int[])[1, 3], Pixels(plain, 3, 2));
        CollectionAssert.AreEqual(plain.Counts.ToArray(), RunLengthOutline.Parse("123", 3, 2).Counts.ToArray());
        // 100 = 4 + 3 * 32: two characters; from the fourth on differences to the one before the last.
        CollectionAssert.AreEqual((int[])[100, 5, 100, 15], RunLengthOutline.Parse("T35T3:", 20, 11).Counts.ToArray());
    }

    [TestMethod]
    public void RunLengthsThatBreakOffAreRefused()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new RunLengthOutline(3, 2, [1, 2])).Message,
            "3 pixels together, but 3 x 2 pixels are 6");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => RunLengthOutline.Parse("T", 20, 10)).Message, "break off");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => RunLengthOutline.Parse("1 2", 3, 2)).Message, "' '");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Pixels(new RunLengthOutline(3, 2, [6]), 4, 2)).Message, "4 x 2");
    }

    /// <summary>Random objects with holes and corners that touch: outlines take their very pixels.</summary>
    [TestMethod]
    public void ContoursTakeTheVeryPixels()
    {
        var random = new Random(4);
        for (var trial = 0; trial < 40; trial++)
        {
            var (width, height) = (random.Next(1, 12), random.Next(1, 12));
            var classes = new byte[width * height];
            for (var i = 0; i < classes.Length; i++)
                classes[i] = (byte)(random.Next(5) < 2 ? 0 : random.Next(1, 3));
            var map = new LabelMap(width, height, classes);
            var drawn = new byte[classes.Length];
            foreach (var found in MaskObjects.Of(map))
                found.Outline!.Fill(width, height, at =>
                {
                    Assert.AreEqual(0, drawn[at]);
                    drawn[at] = (byte)(found.Category + 1);
                });
            CollectionAssert.AreEqual(classes, drawn);
        }
    }

    /// <summary>Of parts and holes one polygon is made that takes their very pixels, also after it was written in parts of the
    /// picture.</summary>
    [TestMethod]
    public void OnePolygonTakesTheVeryPixels()
    {
        var random = new Random(6);
        for (var trial = 0; trial < 200; trial++)
        {
            var (width, height) = (random.Next(1, 14), random.Next(1, 14));
            var members = new bool[width * height];
            for (var i = 0; i < members.Length; i++)
                members[i] = random.Next(5) < 3;
            var polygon = Contours.OnePolygon(RunLengthOutline.Of(members, width, height), width, height);
            float[] written = [.. polygon.Select((at, i) => (float)((double)at / (i % 2 == 0 ? width : height)))];
            float[] read = [.. written.Select((at, i) => (float)((double)at * (i % 2 == 0 ? width : height)))];
            foreach (var outline in new[] { new PolygonOutline([polygon]), new PolygonOutline([read]) })
                CollectionAssert.AreEqual(members.Index().Where(at => at.Item).Select(at => at.Index).ToArray(),
                    Pixels(outline, width, height), $"trial {trial}");
        }
        float[] triangle = [0.2f, 0, 3, 0, 0, 3];
        Assert.AreSame(triangle, Contours.OnePolygon(new PolygonOutline([triangle]), 4, 4));
    }

    [TestMethod]
    public void ObjectsHaveBoxesAndLeastSizes()
    {
        var map = new LabelMap(4, 2, [1, 1, 0, 2, 0, 0, 0, 0]);
        var found = MaskObjects.Of(map, leastPixels: 2);
        Assert.HasCount(1, found);
        Assert.AreEqual((0f, 0f, 2f, 1f, 0, 2.0), (found[0].Box.X0, found[0].Box.Y0, found[0].Box.X1, found[0].Box.Y1,
            found[0].Category, found[0].Area));
    }

    private static int[] Pixels(Outline outline, int width, int height)
    {
        var pixels = new List<int>();
        outline.Fill(width, height, pixels.Add);
        return [.. pixels.Order()];
    }
}
