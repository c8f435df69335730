using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class RandomZoomTests
{
    private static readonly LabeledPicture Picture =
        new(RgbImage.Filled(8, 6, 250, 250, 250), [new(new Box(0, 0, 8, 6), 3, 40)]);

    [TestMethod]
    public void The_picture_stands_somewhere_in_a_larger_one()
    {
        var (random, places) = (new Random(2), new HashSet<Box>());
        for (var round = 0; round < 60; round++)
        {
            var (image, boxes) = new RandomZoom(Probability: 1, MaxScale: 3).Apply(Picture, random);
            Assert.IsTrue(image.Width is >= 8 and <= 24 && image.Height is >= 6 and <= 18);
            var label = Assert.ContainsSingle(boxes);
            Assert.AreEqual((3, 40.0, 8f, 6f), (label.Category, label.Area, label.Box.Width, label.Box.Height));
            places.Add(label.Box);
            for (var y = 0; y < image.Height; y++)
                for (var x = 0; x < image.Width; x++)
                    Assert.AreEqual(
                        x >= label.Box.X0 && x < label.Box.X1 && y >= label.Box.Y0 && y < label.Box.Y1 ? 250 : 114,
                        image.Row(y)[3 * x]);
        }
        Assert.IsGreaterThan(20, places.Count);
    }

    [TestMethod]
    public void Chance_may_leave_it_alone()
    {
        Assert.AreSame(Picture, new RandomZoom(Probability: 0).Apply(Picture, new Random(1)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomZoom(MaxScale: 0.5));
    }
}
