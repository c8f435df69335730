using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data;

/// <summary>Links in data sets: those that stay in their folder are followed, others refused.</summary>
[TestClass]
public sealed class SymbolicLinkTests
{
    private readonly TemporaryFolder _folder = new();
    private ShapesFolder _shapes = null!;

    [TestInitialize]
    public void Write()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows lets tests make no symbolic links.");
        _shapes = ShapesGenerator.Write(_folder.File("shapes"),
            new() { Width = 40, Height = 32, Train = 3, Val = 0, Test = 0, Masks = true });
    }

    [TestCleanup]
    public void Clean() => _folder.Dispose();

    [TestMethod]
    public void A_picture_that_leads_out_of_its_folder_is_refused()
    {
        Moved("images", "elsewhere", file => File.CreateSymbolicLink(file, Outside(file)));
        foreach (var missing in Enum.GetValues<MissingImages>())
        {
            var error = Assert.ThrowsExactly<DatasetException>(
                () => CocoDataset.Load(_shapes.Train, _shapes.Images, new() { MissingImages = missing }));
            StringAssert.Contains(error.Message, "symbolic link");
            StringAssert.Contains(error.Message, _shapes.Images);
        }
    }

    [TestMethod]
    public void So_is_one_in_a_folder_that_does_and_one_behind_two_links()
    {
        Directory.Move(_shapes.Images, _folder.File("pictures"));
        Directory.CreateDirectory(_shapes.Images);
        Directory.CreateSymbolicLink(Path.Combine(_shapes.Images, "sub"), _folder.File("pictures"));
        foreach (var file in Directory.GetFiles(_folder.File("pictures")))
            File.CreateSymbolicLink(Path.Combine(_shapes.Images, Path.GetFileName(file)), $"sub/{Path.GetFileName(file)}");
        StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(
            () => CocoDataset.Load(_shapes.Train, _shapes.Images)).Message, "symbolic link");
    }

    [TestMethod]
    public void A_mask_that_leads_out_is_refused()
    {
        Moved("masks", "elsewhere", file => File.CreateSymbolicLink(file, Outside(file)));
        StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(
            () => MaskFormat.Named("masks").Load(_folder.File("shapes"))).Message, "symbolic link");
    }

    [TestMethod]
    public void Links_within_the_folder_and_to_it_are_followed()
    {
        Moved("images", "shapes/images/real", file => File.CreateSymbolicLink(file, $"real/{Path.GetFileName(file)}"));
        Directory.CreateSymbolicLink(_folder.File("link"), _shapes.Images);
        Assert.HasCount(3, CocoDataset.Load(_shapes.Train, _folder.File("link")).Images);
    }

    private string Outside(string file) => Path.Combine(_folder.File("elsewhere"), Path.GetFileName(file));

    // Files of a folder of the set lie in another one, and links in their place.
    private void Moved(string name, string to, Action<string> link)
    {
        Directory.CreateDirectory(_folder.File(to));
        foreach (var file in Directory.GetFiles(_folder.File("shapes", name)))
        {
            File.Move(file, Path.Combine(_folder.File(to), Path.GetFileName(file)));
            link(file);
        }
    }
}
