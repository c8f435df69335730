using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Augmentation;

/// <summary>Pictures whose colour says the class of each pixel: after a change they still do.</summary>
[TestClass]
public class MaskAugmentationTests
{
    public static IEnumerable<object[]> Exact =>
    [
        [new HorizontalFlip(1)], [new VerticalFlip(1)], [new RandomTurn()], [new RandomCrop(1)], [new RandomZoom(1, 2)],
    ];

    public static IEnumerable<object[]> Smooth => [[new RandomScale()], [new RandomScale(0.5, 0.6)], [new ElasticDeformation(1)],
        [new RandomAffine(Probability: 1)], [new RandomRotation(Probability: 1)], [new RandomPerspective(Probability: 1)]];

    [TestMethod]
    [DynamicData(nameof(Exact))]
    public void PictureAndMaskGoTogether(IAugmentation change)
    {
        for (var seed = 0; seed < 8; seed++)
            Assert.AreEqual(0, Wrong(change.Apply(Picture(), new Random(seed))));
    }

    [TestMethod]
    [DynamicData(nameof(Smooth))]
    public void BetweenPixelsOnlyEdgesDiffer(IAugmentation change)
    {
        for (var seed = 0; seed < 8; seed++)
            Assert.IsLessThan(0.035, Wrong(change.Apply(Picture(4), new Random(seed))));
    }

    [TestMethod]
    public void AMosaicKeepsObjectsApart()
    {
        var mixed = new Mosaic(160, 120).Apply(Picture(4), [Picture(4), Picture(4), Picture(4)], new Random(1));
        Assert.AreEqual((160, 120), (mixed.Labels!.Width, mixed.Labels.Height));
        Assert.IsGreaterThan(2, mixed.Labels.Instances!.Distinct().Count());
        Assert.IsLessThan(0.035, Wrong(mixed));
        Assert.ThrowsExactly<InvalidOperationException>(() => new MixUp().Apply(Picture(), [Picture()], new Random(1)));
    }

    [TestMethod]
    public void TurnsAreThoseOfBoxes()
    {
        var picture = Picture() with { Boxes = [new(new(2, 3, 10, 9), 0, 48)] };
        for (var quarters = 1; quarters < 4; quarters++)
        {
            var turned = RandomTurn.Turn(picture, quarters);
            var box = turned.Boxes[0].Box;
            var inside = turned.Labels!;
            for (var y = 0; y < inside.Height; y++)
                for (var x = 0; x < inside.Width; x++)
                    Assert.AreEqual(x >= box.X0 && x < box.X1 && y >= box.Y0 && y < box.Y1, inside.Instances![y * inside.Width + x] == 1);
        }
    }

    // One object of class 1 at (2, 3, 10, 9), one of class 2 at (12, 2, 20, 14).
    private static LabeledPicture Picture(int scale = 1)
    {
        var (width, height) = (24 * scale, 18 * scale);
        var image = RgbImage.Filled(width, height, 0, 0, 0);
        var (classes, objects) = (new byte[width * height], new ushort[width * height]);
        for (var i = 0; i < classes.Length; i++)
        {
            var (x, y) = (i % width / scale, i / width / scale);
            classes[i] = (byte)(x is >= 2 and < 10 && y is >= 3 and < 9 ? 1 : x is >= 12 and < 20 && y is >= 2 and < 14 ? 2 : 0);
            objects[i] = classes[i];
            image.Pixels[3 * i] = (byte)(100 * classes[i]);
        }
        return new(image, []) { Labels = new(width, height, classes) { Instances = objects } };
    }

    private static double Wrong(LabeledPicture picture)
    {
        var labels = picture.Labels!;
        Assert.AreEqual((picture.Image.Width, picture.Image.Height), (labels.Width, labels.Height));
        var wrong = 0;
        for (var i = 0; i < labels.Classes.Length; i++)
            wrong += labels.Classes[i] != LabelMap.Ignored && Math.Abs(picture.Image.Pixels[3 * i] - 100 * labels.Classes[i]) > 60
                ? 1 : 0;
        return (double)wrong / labels.Classes.Length;
    }
}
