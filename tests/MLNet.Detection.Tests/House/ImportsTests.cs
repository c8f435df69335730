using OnnxGraphs.Graphs;

namespace MLNet.Detection.Tests.House;

/// <summary>Folders of the sources import one way: no folder is reached again from what it uses.</summary>
[TestClass]
public sealed class ImportsTests
{
    [TestMethod]
    public void OnnxGraphsHasNoCircle() => Check(typeof(Var), "OnnxGraphs", folders: 20);

    [TestMethod]
    public void TheDetectionLibraryHasNoCircle() => Check(typeof(DetectionCatalog), "MLNet.Detection", folders: 18);

    [TestMethod]
    public void GraphsStandOnNothing()
    {
        using var use = new FolderUse(typeof(Var).Assembly.Location, Sources("OnnxGraphs"));
        Assert.IsFalse(use.Uses().Keys.Any(pair => pair.From == "Graphs"));
    }

    private static void Check(Type any, string library, int folders)
    {
        using var use = new FolderUse(any.Assembly.Location, Sources(library));
        var uses = use.Uses();
        Assert.IsGreaterThanOrEqualTo(folders, uses.Keys.SelectMany(pair => new[] { pair.From, pair.To }).Distinct().Count());
        var left = uses.Keys.ToHashSet();
        // A folder that uses no other of those left stands on the ground; in a circle none does.
        while (left.Count > 0)
        {
            var free = left.Select(pair => pair.To).Where(to => left.All(pair => pair.From != to)).ToHashSet();
            if (free.Count == 0)
                Assert.Fail($"Folders of {library} use each other in a circle:\n"
                    + string.Join('\n', left.Select(pair => $"{pair.From} -> {pair.To}: {uses[pair]}").Order()));
            left.RemoveWhere(pair => free.Contains(pair.To));
        }
    }

    private static string Sources(string library) => Shared.Repository is { } root
        ? Path.Combine(root, "src", library) : throw new AssertInconclusiveException("The sources are not here.");
}
