using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class ShapesGeneratorTests
{
    private static readonly ShapesOptions Small = new() { Width = 64, Height = 48, Train = 6, Val = 2, Test = 3 };

    [TestMethod]
    [DataRow(ImageFormat.Jpeg, "shapes_00010.jpg")]
    [DataRow(ImageFormat.Png, "shapes_00010.png")]
    public void Writes_a_data_set_that_loads_without_a_problem(ImageFormat format, string last)
    {
        using var folder = new TemporaryFolder();
        var files = ShapesGenerator.Write(folder.File("new"), Small with { Format = format });
        var splits = new[] { files.Train, files.Val, files.Test }
            .Select(json => CocoDataset.Load(json, files.Images)).ToArray();

        CollectionAssert.AreEqual(new[] { 6, 2, 3 }, splits.Select(split => split.Images.Length).ToArray());
        CollectionAssert.AreEqual(new[] { "circle", "rectangle", "triangle", "cross" },
            splits[2].Categories.Select(category => category.Name).ToArray());
        Assert.IsTrue(splits.All(split => split.Problems.IsEmpty));
        Assert.AreEqual(last, splits[2].Images[2].FileName);
        var images = splits.SelectMany(split => split.Images).ToArray();
        CollectionAssert.AllItemsAreUnique(images.Select(image => image.Id).ToArray());
        CollectionAssert.AllItemsAreUnique(images.SelectMany(image => image.Boxes).Select(box => box.Id).ToArray());
        using var decoder = new ImageDecoder();
        Assert.IsTrue(images.All(image => decoder.DecodeFile(image.Path) is { Width: 64, Height: 48 }));
    }

    [TestMethod]
    public void The_seed_decides_every_byte()
    {
        using var folder = new TemporaryFolder();
        string[] Hashes(string name, int seed)
        {
            ShapesGenerator.Write(folder.File(name), Small with { Seed = seed });
            return [.. Directory.EnumerateFiles(folder.File(name), "*", SearchOption.AllDirectories).Order()
                .Select(file => Convert.ToHexString(
                    System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))))];
        }
        CollectionAssert.AreEqual(Hashes("a", 5), Hashes("b", 5));
        Assert.IsEmpty(Hashes("c", 6).Intersect(Hashes("d", 7)));
    }

    [TestMethod]
    public void Scenes_keep_their_limits_and_use_every_class()
    {
        var options = new ShapesOptions { MaxShapes = 5 };
        var scenes = Enumerable.Range(0, 60).Select(index => ShapesGenerator.Draw(options, index).Boxes).ToArray();
        Assert.AreEqual(1, scenes.Min(boxes => boxes.Count));
        Assert.AreEqual(5, scenes.Max(boxes => boxes.Count));
        Assert.AreEqual(4, scenes.SelectMany(boxes => boxes).Select(box => box.Category).Distinct().Count());
        foreach (var boxes in scenes)
            for (var i = 0; i < boxes.Count; i++)
                for (var j = 0; j < i; j++)
                    Assert.IsLessThanOrEqualTo(
                        0.2001f * Math.Min(boxes[i].Box.Area, boxes[j].Box.Area), Shared(boxes[i].Box, boxes[j].Box));
    }

    [TestMethod]
    public void Boxes_are_tight_around_their_shapes()
    {
        // A gradient of brightness as strong as a shape's edge, far above the ground's, stands inside the box and
        // touches its four sides within two pixels.
        for (var index = 0; index < 25; index++)
        {
            var (image, boxes) = ShapesGenerator.Draw(new ShapesOptions { MaxShapes = 1 }, index);
            var edges = Edges(image).ToArray();
            Assert.AreEqual(boxes[0].Box.X0, edges.Min(edge => edge.X), 2.5f, $"left in picture {index}");
            Assert.AreEqual(boxes[0].Box.Y0, edges.Min(edge => edge.Y), 2.5f, $"top in picture {index}");
            Assert.AreEqual(boxes[0].Box.X1, edges.Max(edge => edge.X), 2.5f, $"right in picture {index}");
            Assert.AreEqual(boxes[0].Box.Y1, edges.Max(edge => edge.Y), 2.5f, $"bottom in picture {index}");
        }
    }

    [TestMethod]
    public void A_folder_with_files_is_refused_unless_allowed()
    {
        using var folder = new TemporaryFolder();
        var mine = folder.Write("mine.txt", "mine");
        var error = Assert.ThrowsExactly<IOException>(() => ShapesGenerator.Write(folder.Path, Small));
        Assert.Contains("not empty", error.Message);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        ShapesGenerator.Write(folder.Path, Small, overwrite: true);
        ShapesGenerator.Write(folder.Path, Small, overwrite: true);
        Assert.AreEqual("mine", File.ReadAllText(mine));
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        foreach (var (options, name) in new[]
        {
            (Small with { Width = 8 }, "Width"), (Small with { Height = 5000 }, "Height"),
            (Small with { Train = -1 }, "Train"),
            (Small with { MaxShapes = 0 }, "MaxShapes"), (Small with { MinSize = 0 }, "MinSize"),
            (Small with { MaxSize = 0.1 }, "MaxSize"),
        })
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => ShapesGenerator.Draw(options, 0));
            Assert.Contains($"ShapesOptions.{name} is", error.Message);
        }
    }

    [TestMethod]
    public void Writing_can_be_cancelled()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<OperationCanceledException>(
            () => ShapesGenerator.Write(folder.Path, Small, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static float Shared(Box a, Box b) =>
        BoxOverlap.Intersection(a, b);

    private static IEnumerable<(int X, int Y)> Edges(RgbImage image)
    {
        for (var y = 1; y < image.Height; y++)
            for (var x = 1; x < image.Width; x++)
                if (Differs(image, x, y, x - 1, y) || Differs(image, x, y, x, y - 1))
                    yield return (x, y);
    }

    private static bool Differs(RgbImage image, int x, int y, int otherX, int otherY)
    {
        ReadOnlySpan<byte> a = image.Row(y).Slice(3 * x, 3), b = image.Row(otherY).Slice(3 * otherX, 3);
        return Math.Abs(a[0] - b[0]) + Math.Abs(a[1] - b[1]) + Math.Abs(a[2] - b[2]) > 60;
    }
}
