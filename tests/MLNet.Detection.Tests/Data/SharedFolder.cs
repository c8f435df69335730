namespace MLNet.Detection.Tests.Data;

/// <summary>Models and data sets too large for the repository; tests that need them are inconclusive without.</summary>
public static class SharedFolder
{
    public static string Require(params string[] names)
    {
        var root = Environment.GetEnvironmentVariable("DETECTION_MLNET_SHARED");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); root is null && at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Detection.MLNet.sln")))
                root = Path.Combine(at.FullName, "..", "shared");
        var path = Path.GetFullPath(Path.Combine([root ?? "shared", .. names]));
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Inconclusive($"{path} is not here.");
        return path;
    }
}
