using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Anchors;

[TestClass]
public sealed class AnchorFileTests
{
    private static readonly Box[] Anchors =
        [new(0, 0, 16, 16), new(-3.25f, 4, 12.125f, 31), new(0.1f, 0.2f, 0.7f, 0.9f)];

    private readonly string _folder = Directory.CreateTempSubdirectory("anchors").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("a.bin"), DataRow("a.csv"), DataRow("a.json"), DataRow("a.BIN")]
    public void WhatIsSavedIsLoaded(string name)
    {
        var path = Path.Combine(_folder, name);
        AnchorFile.Save(path, Anchors, AnchorFormat.XyxyPixels, 320, 240);
        CollectionAssert.AreEqual(Anchors, AnchorFile.Load(path, AnchorFormat.XyxyPixels, 320, 240));
        AnchorFile.Save(path, Anchors, AnchorFormat.CxcywhNormalized, 320, 240);
        var loaded = AnchorFile.Load(path, AnchorFormat.CxcywhNormalized, 320, 240);
        Close.To([.. Anchors.SelectMany(b => new double[] { b.X0, b.Y0, b.X1, b.Y1 })], loaded, 3e-6, name);
    }

    [TestMethod]
    [DataRow("a.csv", "1,2,3\n", "line 1: 3 fields", DisplayName = "three fields")]
    [DataRow("a.csv", "0,0,2,2\n\n1,x,3,4\n", "line 3: 'x' is not a number", DisplayName = "text")]
    [DataRow("a.csv", "\n\n", "is empty", DisplayName = "empty lines")]
    [DataRow("a.json", "[]", "is empty", DisplayName = "empty list")]
    [DataRow("a.json", "[[1,2,3,4],[1,2,3]]", "anchor 1: 3 numbers", DisplayName = "three numbers")]
    [DataRow("a.json", "[[1,2,3,4],null]", "anchor 1: 0 numbers", DisplayName = "null")]
    [DataRow("a.json", "[[1,2,3,4", "not a JSON array", DisplayName = "broken off")]
    [DataRow("a.json", "{}", "not a JSON array", DisplayName = "object")]
    [DataRow("a.bin", "0123456789", "10 bytes, not a multiple of 16", DisplayName = "ten bytes")]
    [DataRow("a.bin", "", "is empty", DisplayName = "empty file")]
    [DataRow("a.csv", "0,0,2,2\n5,5,4,6\n", "anchor 1 of 2: (5,5,4,6) read as XyxyPixels is not a box",
        DisplayName = "inverted")]
    [DataRow("a.csv", "0,0,NaN,2\n", "anchor 0 of 1: (0,0,NaN,2)", DisplayName = "NaN")]
    public void WrongContentIsNamed(string name, string content, string message)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => AnchorFile.Load(path, AnchorFormat.XyxyPixels, 320, 240));
        StringAssert.Contains(error.Message, message);
        StringAssert.Contains(error.Message, path);
    }

    [TestMethod]
    public void PixelsReadAsPartsOfThePictureAreNoticed()
    {
        var path = Path.Combine(_folder, "a.csv");
        AnchorFile.Save(path, [new(100, 100, 140, 160)], AnchorFormat.XyxyPixels, 320, 240);
        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => AnchorFile.Load(path, AnchorFormat.CxcywhNormalized, 320, 240));
        StringAssert.Contains(error.Message, "far outside the picture");
    }

    [TestMethod]
    public void MissingFilesAndUnknownExtensionsAreNamed()
    {
        var missing = Path.Combine(_folder, "none.bin");
        var error = Assert.ThrowsExactly<FileNotFoundException>(
            () => AnchorFile.Load(missing, AnchorFormat.XyxyPixels, 1, 1));
        StringAssert.Contains(error.Message, missing);
        var text = Path.Combine(_folder, "a.txt");
        File.WriteAllText(text, "1,2,3,4");
        Assert.ThrowsExactly<ArgumentException>(() => AnchorFile.Load(text, AnchorFormat.XyxyPixels, 1, 1));
        Assert.ThrowsExactly<ArgumentException>(() => AnchorFile.Save(text, Anchors, AnchorFormat.XyxyPixels, 1, 1));
    }
}
