namespace OnnxGraphs.Tests;

/// <summary>Real models and data sets that are too big for the repository.</summary>
internal static class SharedFolder
{
    /// <summary>A file or folder in it; the test is inconclusive where it is missing.</summary>
    public static string Require(params string[] parts)
    {
        var path = Path.Combine([Root(), .. parts]);
        if (!Path.Exists(path))
            Assert.Inconclusive(
                $"{string.Join('/', parts)} is not here; set DETECTION_MLNET_SHARED to the folder that holds it.");
        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("DETECTION_MLNET_SHARED") is { Length: > 0 } given)
            return given;
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Detection.MLNet.sln")))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? ".", "..", "shared");
    }
}
