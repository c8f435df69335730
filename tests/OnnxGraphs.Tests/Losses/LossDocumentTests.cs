namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossDocumentTests
{
    [TestMethod]
    public void ThePageOfLossesIsUpToDate()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Detection.MLNet.sln")))
            folder = folder.Parent;
        if (folder is null)
        {
            Assert.Inconclusive("The tests do not run below the repository, so its docs are out of reach.");
            return;
        }
        var (path, page) = (Path.Combine(folder.FullName, "docs", "losses.md"), LossDocument.Write());
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }
        Assert.AreEqual(page, File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "(missing)",
            "docs/losses.md is out of date; run this test with UPDATE_DOCS=1.");
    }
}
