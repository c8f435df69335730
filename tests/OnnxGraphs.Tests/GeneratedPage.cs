namespace OnnxGraphs.Tests;

/// <summary>Pages of docs/ that are made of tables in the code.</summary>
internal static class GeneratedPage
{
    /// <summary>Fails unless the page in the repository is the given text; UPDATE_DOCS=1 writes it first.</summary>
    public static void Check(string name, string page)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Detection.MLNet.sln")))
            folder = folder.Parent;
        if (folder is null)
        {
            Assert.Inconclusive("The tests do not run below the repository, so its docs are out of reach.");
            return;
        }
        var path = Path.Combine(folder.FullName, "docs", name);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }
        Assert.AreEqual(page, File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "(missing)",
            $"docs/{name} is out of date; run this test with UPDATE_DOCS=1.");
    }
}
