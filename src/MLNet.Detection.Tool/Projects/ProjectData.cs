using MLNet.Detection.Data;

namespace MLNet.Detection.Tool.Projects;

/// <summary>What a project learns from and is measured on.</summary>
/// <param name="Train">File or folder.</param>
/// <param name="TrainSplit">Its part; null: all of it.</param>
/// <param name="Test">File or folder; null: pictures of <paramref name="Train"/> are held out.</param>
/// <param name="TestSplit">Its part; null: all of it.</param>
/// <param name="Images">Folder of the pictures; null: where the format keeps them.</param>
internal sealed record ProjectData(string Train, string? TrainSplit, string? Test, string? TestSplit, string? Images)
{
    /// <summary>Finds the parts, and reads them once, so that what is wrong is said before the project is
    /// written.</summary>
    public static ProjectData Of(string data, string? test, string? images)
    {
        var format = DatasetFormat.Detect(data);
        var splits = format.Splits(data);
        var train = splits.Contains("train") ? "train" : null;
        var heldOut = train is null ? null : new[] { "test", "val" }.FirstOrDefault(splits.Contains);
        var found = new ProjectData(
            Path.GetFullPath(data), train, null, null, images is null ? null : Path.GetFullPath(images));
        if (test is not null)
            found = found with { Test = Path.GetFullPath(test), TestSplit = Part(test, "test") };
        else if (heldOut is not null)
            found = found with { Test = found.Train, TestSplit = heldOut };
        found.Check();
        return found;
    }

    private static string? Part(string path, string name) =>
        DatasetFormat.Detect(path).Splits(path).Contains(name) ? name : null;

    private void Check()
    {
        var first = Load(Train, TrainSplit);
        first.RequireObjects();
        first.RequireDistinctNames();
        if (first.Images.Length < 2)
            throw new ArgumentException(
                $"{Train}: {first.Images.Length} pictures; expected two or more to learn from.");
        if (Test is not null)
            Load(Test, TestSplit).WithClasses([.. first.Categories.Select(category => category.Name)]).RequireObjects();
    }

    private DetectionDataset Load(string path, string? split) =>
        DatasetFormat.Detect(path).Load(path, new() { Split = split, ImageFolder = Images });
}
