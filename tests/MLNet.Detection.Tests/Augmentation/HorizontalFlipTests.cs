using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class HorizontalFlipTests
{
    private static readonly LabeledPicture Picture = new(
        new RgbImage(3, 2, [.. Enumerable.Range(0, 18).Select(value => (byte)value)]),
        [new LabeledBox(new Box(0, 0, 1, 2), 4, 2, Crowd: true, Id: 9)]);

    [TestMethod]
    public void Pixels_and_boxes_move_together()
    {
        var flipped = HorizontalFlip.Flip(Picture);
        CollectionAssert.AreEqual(
            new byte[] { 6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11 }, flipped.Image.Pixels);
        Assert.AreEqual(Picture.Boxes[0] with { Box = new Box(2, 0, 3, 2) }, Assert.ContainsSingle(flipped.Boxes));
        Assert.AreEqual(0, Picture.Image.Pixels[0]);
    }

    [TestMethod]
    public void Rows_of_every_length_are_mirrored()
    {
        for (var width = 1; width < 40; width++)
        {
            var image = new RgbImage(width, 2, [.. Enumerable.Range(0, 6 * width).Select(value => (byte)value)]);
            var flipped = HorizontalFlip.Flip(image);
            for (var i = 0; i < 6 * width; i++)
            {
                var (row, x, channel) = (i / 3 / width, i / 3 % width, i % 3);
                Assert.AreEqual(image.Row(row)[3 * (width - 1 - x) + channel], flipped.Pixels[i], $"{width}: {i}");
            }
        }
    }

    [TestMethod]
    public void Twice_is_nothing()
    {
        var twice = HorizontalFlip.Flip(HorizontalFlip.Flip(Picture));
        CollectionAssert.AreEqual(Picture.Image.Pixels, twice.Image.Pixels);
        Assert.AreEqual(Picture.Boxes[0], twice.Boxes[0]);
    }

    [TestMethod]
    public void The_seed_decides()
    {
        bool[] Run(int seed, double probability)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, 400).Select(
                _ => !ReferenceEquals(new HorizontalFlip(probability).Apply(Picture, random), Picture))];
        }
        CollectionAssert.AreEqual(Run(5, 0.5), Run(5, 0.5));
        Assert.AreEqual(200, Run(5, 0.5).Count(flipped => flipped), 60.0);
        Assert.IsFalse(Run(5, 0).Contains(true));
        Assert.IsFalse(Run(5, 1).Contains(false));
    }
}
