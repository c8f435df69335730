using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class RandomIouCropTests
{
    private static readonly LabeledPicture Picture = new(
        new RgbImage(60, 40, new byte[7200]),
        [new(new Box(5, 5, 25, 30), 1, 500), new(new Box(40, 10, 55, 20), 2, 150)]);

    [TestMethod]
    [DataRow(0.3), DataRow(0.7)]
    public void Windows_overlap_an_object_and_have_an_allowed_shape(double least)
    {
        var (crop, random, sizes) = (new RandomIouCrop { Overlaps = [least] }, new Random(7), new HashSet<int>());
        for (var round = 0; round < 200; round++)
        {
            var (image, boxes) = crop.Apply(Picture, random);
            sizes.Add(image.Width);
            Assert.IsTrue((double)image.Width / image.Height is >= 0.5 and <= 2, $"{image.Width} x {image.Height}");
            Assert.IsGreaterThan(0, boxes.Count);
            var window = (double)image.Width * image.Height;
            Assert.IsTrue(boxes.Any(label =>
            {
                var whole = Picture.Boxes.Single(box => box.Category == label.Category).Box.Area;
                return label.Box.Area / (whole + window - label.Box.Area) >= least - 1e-4;
            }), $"round {round}");
            foreach (var label in boxes)
                Assert.AreEqual(label.Box, label.Box.Clip(image.Width, image.Height));
        }
        Assert.IsGreaterThan(5, sizes.Count);
    }

    [TestMethod]
    public void Boxes_move_with_their_pixels()
    {
        var white = new Box(20, 10, 40, 30);
        var picture = new LabeledPicture(RgbImage.Filled(60, 40, 0, 0, 0), [new(white, 1, white.Area)]);
        for (var y = 10; y < 30; y++)
            picture.Image.Row(y)[60..120].Fill(255);
        var random = new Random(11);
        for (var round = 0; round < 50; round++)
        {
            var (image, boxes) = new RandomIouCrop { Overlaps = [0] }.Apply(picture, random);
            var (x0, y0, x1, y1) = Assert.ContainsSingle(boxes).Box;
            for (var y = 0; y < image.Height; y++)
                for (var x = 0; x < image.Width; x++)
                    Assert.AreEqual(x >= x0 && x < x1 && y >= y0 && y < y1, image.Row(y)[3 * x] == 255, $"{x}, {y}");
        }
    }

    [TestMethod]
    public void Pictures_stay_where_nothing_can_be_cut()
    {
        Assert.AreSame(Picture, new RandomIouCrop { Overlaps = [1] }.Apply(Picture, new Random(1)));
        var empty = Picture with { Boxes = [] };
        Assert.AreSame(empty, new RandomIouCrop().Apply(empty, new Random(1)));
        var tiny = Picture with { Boxes = [new(new Box(0, 0, 0.001f, 0.001f), 1, 1e-6)] };
        Assert.AreSame(tiny, new RandomIouCrop { Overlaps = [0.9] }.Apply(tiny, new Random(1)));
    }

    [TestMethod]
    public void The_seed_decides()
    {
        LabeledPicture Cut(int seed) => new RandomIouCrop().Apply(Picture, new Random(seed));
        CollectionAssert.AreEqual(Cut(3).Image.Pixels, Cut(3).Image.Pixels);
        Assert.IsGreaterThan(5, Enumerable.Range(0, 20).Select(seed => Cut(seed).Image.Width).Distinct().Count());
    }
}
