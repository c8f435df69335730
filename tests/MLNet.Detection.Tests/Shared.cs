namespace MLNet.Detection.Tests;

/// <summary>Models and data that are too big for the repository.</summary>
internal static class Shared
{
    /// <summary>A file below the folder that DETECTION_MLNET_SHARED names, or below "shared" beside the repository. The
    /// test is inconclusive without it.</summary>
    public static string File(string relativePath)
    {
        var folder = Environment.GetEnvironmentVariable("DETECTION_MLNET_SHARED") ?? BesideTheRepository();
        var path = folder is null ? null : Path.Combine(folder, relativePath);
        if (!Path.Exists(path))
            Assert.Inconclusive($"'{relativePath}' is missing; DETECTION_MLNET_SHARED names the folder that has it.");
        return path!;
    }

    /// <summary>The root of the repository that the tests were built in; null where it is gone.</summary>
    public static string? Repository => RepositoryFolder()?.FullName;

    private static string? BesideTheRepository() =>
        RepositoryFolder()?.Parent is { } parent ? Path.Combine(parent.FullName, "shared") : null;

    private static DirectoryInfo? RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Detection.MLNet.sln")))
            folder = folder.Parent;
        return folder;
    }
}
