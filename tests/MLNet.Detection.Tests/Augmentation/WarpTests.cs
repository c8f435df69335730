using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Augmentation;

/// <summary>Boxes of warped pictures against what became of the object's pixels.</summary>
[TestClass]
public sealed class WarpTests
{
    private const int Width = 160, Height = 120;

    public static IEnumerable<object[]> Changes =>
    [
        [new RandomAffine(Probability: 1)], [new RandomAffine(45, 0.4, 0.5, 2, 20, 1)], [new RandomRotation(180, 1)],
        [new RandomPerspective(0.8, 1)],
    ];

    // An object that fills its box: the box of its warped pixels is the warped box, to the rounding of a pixel.
    [TestMethod]
    [DynamicData(nameof(Changes))]
    public void TheBoxIsThatOfTheWarpedMask(IAugmentation change)
    {
        var seen = 0;
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            int left = random.Next(120), top = random.Next(90), right = random.Next(left + 8, 160), bottom = random.Next(top + 8, 120);
            var warped = change.Apply(Picture(new(left, top, right, bottom)), random);
            var mask = Bounds(warped.Labels!);
            if (warped.Boxes.Count == 0)
                continue;
            seen++;
            var box = warped.Boxes[0].Box;
            Assert.IsNotNull(mask, $"seed {seed}");
            // The sharp corner of a turned form may hold no centre of a pixel.
            foreach (var (found, expected) in new[] { (box.X0, mask.Value.X0), (box.Y0, mask.Value.Y0), (box.X1, mask.Value.X1), (box.Y1, mask.Value.Y1) })
                Assert.AreEqual(expected, found, 2.5f, $"seed {seed}: {box} and {mask}");
            Assert.IsTrue(box.X0 >= 0 && box.Y0 >= 0 && box.X1 <= Width && box.Y1 <= Height && box.IsProper);
            var pixels = warped.Labels!.Classes.Count(c => c == 1);
            Assert.AreEqual(pixels, warped.Boxes[0].Area, 0.12 * pixels + 12, $"area, seed {seed}");
        }
        Assert.IsGreaterThan(60, seen);
    }

    [TestMethod]
    public void AnObjectThatLeavesThePictureLosesItsBox()
    {
        var picture = Picture(new(150, 110, 160, 120));
        var dropped = Enumerable.Range(0, 40).Count(seed =>
            new RandomAffine(0, 0.3, 1, 1, 0, 1).Apply(picture, new Random(seed)).Boxes.Count == 0);
        Assert.IsInRange(10, 35, dropped);
    }

    // A quarter turn about the centre of a square is exact: the pixels are those of RandomTurn.
    [TestMethod]
    public void AQuarterTurnIsTheExactOne()
    {
        var pixels = new byte[3 * 64 * 64];
        new Random(1).NextBytes(pixels);
        var picture = new LabeledPicture(new(64, 64, pixels), [new(new(3, 5, 20, 40), 2, 17 * 35)]);
        var seed = Enumerable.Range(0, 100).First(s => Angle(s) > 0.5);
        var turned = new RandomAffine(90 / Angle(seed), 0, 1, 1, 0, 1).Apply(picture, new Random(seed));
        var exact = RandomTurn.Turn(picture, 3);
        var wrong = turned.Image.Pixels.Zip(exact.Image.Pixels, (x, y) => Math.Abs(x - y)).Count(d => d > 1);
        Assert.AreEqual(0, wrong);
        Assert.AreEqual(exact.Boxes[0].Box.X0, turned.Boxes[0].Box.X0, 1e-3f);
        Assert.AreEqual(exact.Boxes[0].Box.Y1, turned.Boxes[0].Box.Y1, 1e-3f);

        static double Angle(int seed)
        {
            var random = new Random(seed);
            random.NextDouble();
            return 2 * random.NextDouble() - 1;
        }
    }

    [TestMethod]
    public void ChanceMayLeaveItAlone()
    {
        var picture = Picture(new(10, 10, 50, 50));
        foreach (var change in new IAugmentation[]
            { new RandomAffine(Probability: 0), new RandomRotation(Probability: 0), new RandomPerspective(Probability: 0) })
            Assert.AreSame(picture, change.Apply(picture, new Random(1)));
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomAffine(MinScale: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomAffine(Shear: 90));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RandomPerspective(1));
    }

    private static LabeledPicture Picture(Box box)
    {
        var image = RgbImage.Filled(Width, Height, 20, 30, 40);
        var classes = new byte[Width * Height];
        for (var y = (int)box.Y0; y < (int)box.Y1; y++)
            for (var x = (int)box.X0; x < (int)box.X1; x++)
            {
                classes[y * Width + x] = 1;
                image.Row(y).Slice(3 * x, 3).Fill(220);
            }
        return new(image, [new(box, 0, box.Area)]) { Labels = new(Width, Height, classes) };
    }

    private static Box? Bounds(LabelMap map)
    {
        var places = Enumerable.Range(0, map.Classes.Length).Where(i => map.Classes[i] == 1).ToArray();
        return places.Length == 0 ? null : new(places.Min(i => i % Width), places.Min(i => i / Width),
            places.Max(i => i % Width) + 1, places.Max(i => i / Width) + 1);
    }
}
