using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Augmentation;

/// <summary>What is laid over objects, and the objects that are laid.</summary>
[TestClass]
public sealed class CoverTests
{
    [TestMethod]
    public void CutoutKeepsTheBoxesThatCanBeSeen()
    {
        var kept = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var picture = Plain(80, 60, 200, new(10, 10, 30, 30), mask: true);
            var cut = new Cutout(3, 0.2, 0.5, 1).Apply(picture, new Random(seed));
            var uncovered = 0;
            for (var y = 10; y < 30; y++)
                for (var x = 10; x < 30; x++)
                    uncovered += cut.Image.Row(y)[3 * x] == 200 ? 1 : 0;
            Assert.AreEqual(uncovered >= 0.3 * 400, cut.Boxes.Count == 1, $"seed {seed}: {uncovered} of 400");
            kept += cut.Boxes.Count;
            if (cut.Boxes.Count == 1)
                Assert.AreEqual(picture.Boxes[0], cut.Boxes[0]);
            for (var i = 0; i < cut.Labels!.Classes.Length; i++)
                Assert.AreEqual(cut.Image.Pixels[3 * i] != 200, cut.Labels.Classes[i] == LabelMap.Ignored);
        }
        Assert.IsInRange(10, 59, kept);
    }

    [TestMethod]
    public void CopiedObjectsLieInTheirBoxes()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (own, other) = (Plain(80, 60, 50, new(0, 0, 30, 30)), Plain(70, 50, 0, new(20, 10, 35, 30), category: 3));
            for (var y = 10; y < 30; y++)
                other.Image.Row(y)[60..105].Fill(250);
            var mixed = new CopyPaste(1, 1).Apply(own, [other], new Random(seed));
            var pasted = mixed.Boxes.Single(label => label.Category == 3).Box;
            Assert.AreEqual((15f, 20f), (pasted.Width, pasted.Height));
            for (var y = 0; y < 60; y++)
                for (var x = 0; x < 80; x++)
                    Assert.AreEqual(x >= pasted.X0 && x < pasted.X1 && y >= pasted.Y0 && y < pasted.Y1 ? 250 : 50,
                        mixed.Image.Row(y)[3 * x], $"seed {seed} at {x}, {y}");
            Assert.AreEqual(50, own.Image.Pixels[0]);
        }
    }

    [TestMethod]
    public void AHiddenObjectLosesItsBox()
    {
        var (own, other) = (Plain(20, 20, 50, new(5, 5, 15, 15)), Plain(20, 20, 250, new(0, 0, 20, 20), category: 3));
        var mixed = new CopyPaste(1, 1).Apply(own, [other], new Random(1));
        Assert.AreEqual(3, Assert.ContainsSingle(mixed.Boxes).Category);
    }

    // Of an object with a mask only its own pixels are laid, and the masks say so.
    [TestMethod]
    public void MasksGoWithTheirObjects()
    {
        var other = Plain(40, 40, 250, new(10, 10, 20, 20), category: 1);
        var round = new byte[1600];
        for (var i = 0; i < round.Length; i++)
            round[i] = (byte)(Math.Pow(i % 40 - 14.5, 2) + Math.Pow(i / 40 - 14.5, 2) < 25 ? 2 : 0);
        other = other with { Labels = new(40, 40, round) };
        var mixed = new CopyPaste(1, 1).Apply(Plain(60, 50, 50, new(0, 0, 5, 5), mask: true), [other], new Random(4));
        var labels = mixed.Labels!.Classes;
        Assert.AreEqual(round.Count(c => c == 2), labels.Count(c => c == 2));
        for (var i = 0; i < labels.Length; i++)
            Assert.AreEqual(labels[i] == 2 ? 250 : 50, mixed.Image.Pixels[3 * i]);
    }

    [TestMethod]
    public void CrowdsAndObjectsThatAreTooLargeStay()
    {
        var own = Plain(20, 20, 50, new(0, 0, 5, 5));
        var crowd = Plain(20, 20, 250, new(0, 0, 9, 9));
        crowd = crowd with { Boxes = [crowd.Boxes[0] with { Crowd = true }] };
        foreach (var other in new[] { crowd, Plain(40, 40, 250, new(0, 0, 30, 30)) })
            CollectionAssert.AreEqual(own.Image.Pixels, new CopyPaste(3, 1).Apply(own, [other], new Random(1)).Image.Pixels);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CopyPaste(0));
    }

    [TestMethod]
    public void MixesFollowOneAnother()
    {
        LabeledPicture[] pictures = [.. Enumerable.Range(0, 5).Select(i => Plain(40, 40, (byte)(40 * i), new(0, 0, 20, 20), i))];
        var both = new MixSequence(new Mosaic(40, 40), new CopyPaste(1, 1, 0));
        Assert.AreEqual(4, both.Others);
        var mixed = both.Apply(pictures[0], pictures[1..], new Random(3));
        Assert.IsTrue(mixed.Boxes.Any(label => label.Category == 4));
        var random = new Random(3);
        var single = new CopyPaste(1, 1, 0).Apply(new Mosaic(40, 40).Apply(pictures[0], pictures[1..4], random), [pictures[4]], random);
        CollectionAssert.AreEqual(single.Image.Pixels, mixed.Image.Pixels);
    }

    private static LabeledPicture Plain(int width, int height, byte grey, Detection.Boxes.Box box, int category = 0, bool mask = false) =>
        new(RgbImage.Filled(width, height, grey, grey, grey), [new(box, category, box.Area)])
        {
            Labels = !mask ? null : new(width, height, new byte[width * height]),
        };
}
