using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Augmentation;

[TestClass]
public sealed class RandomCropTests
{
    private static readonly LabeledPicture Picture = new(
        new RgbImage(8, 6, [.. Enumerable.Range(0, 144).Select(value => (byte)value)]),
        [new(new Box(0, 0, 4, 2), 1, 6, Id: 5), new(new Box(6, 4, 8, 6), 2, 4, Id: 6)]);

    [TestMethod]
    public void Pixels_and_boxes_move_with_the_window()
    {
        var crop = RandomCrop.Crop(Picture, left: 2, top: 1, width: 3, height: 2);
        CollectionAssert.AreEqual(
            new byte[] { 30, 31, 32, 33, 34, 35, 36, 37, 38, 54, 55, 56, 57, 58, 59, 60, 61, 62 }, crop.Image.Pixels);
        Assert.IsEmpty(crop.Boxes);
        var label = Assert.ContainsSingle(RandomCrop.Crop(Picture, 2, 1, 3, 2, minVisible: 0.25).Boxes);
        Assert.AreEqual(new LabeledBox(new Box(0, 0, 2, 1), 1, 1.5, Id: 5), label);
    }

    [TestMethod]
    public void Random_windows_keep_a_box_inside()
    {
        var random = new Random(4);
        var sizes = new HashSet<int>();
        for (var n = 0; n < 200; n++)
        {
            var (image, boxes) = new RandomCrop(Probability: 1).Apply(Picture, random);
            sizes.Add(image.Width);
            Assert.IsGreaterThan(0, boxes.Count);
            foreach (var label in boxes)
            {
                Assert.AreEqual(label.Box, label.Box.Clip(image.Width, image.Height));
                Assert.IsGreaterThan(0f, label.Box.Area);
            }
        }
        CollectionAssert.AreEquivalent(new[] { 4, 5, 6, 7, 8 }, sizes.ToArray());
    }

    [TestMethod]
    public void The_seed_decides()
    {
        string Run(int seed)
        {
            var random = new Random(seed);
            var crops = Enumerable.Range(0, 30).Select(_ => new RandomCrop().Apply(Picture, random));
            return string.Join(" ", crops.Select(crop => $"{crop.Image.Width}:{crop.Image.Pixels[0]}"));
        }
        Assert.AreEqual(Run(1), Run(1));
        Assert.AreNotEqual(Run(1), Run(2));
        Assert.AreSame(Picture, new RandomCrop(Probability: 0).Apply(Picture, new Random(1)));
    }
}
