namespace MLNet.Detection.Tests.Web;

/// <summary>Where Chromium is. A test is inconclusive without it.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program that DETECTION_MLNET_CHROMIUM names, or one that the PATH has.</summary>
    public static string Path
    {
        get
        {
            var found = Environment.GetEnvironmentVariable("DETECTION_MLNET_CHROMIUM") ?? OnPath();
            if (!File.Exists(found))
                Assert.Inconclusive("Chromium is not here: the page cannot be used. Install it (apt-get install chromium), or name "
                    + "it in DETECTION_MLNET_CHROMIUM.");
            return found!;
        }
    }

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
