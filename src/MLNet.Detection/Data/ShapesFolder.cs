namespace MLNet.Detection.Data;

/// <summary>Where <see cref="ShapesGenerator.Write"/> put its files.</summary>
/// <param name="Images">The folder of the picture files of all splits.</param>
/// <param name="Train">COCO annotations of the pictures to train on.</param>
/// <param name="Val">COCO annotations of the pictures to choose settings on.</param>
/// <param name="Test">COCO annotations of the pictures held out to the end.</param>
public sealed record ShapesFolder(string Images, string Train, string Val, string Test)
{
    /// <summary>Where the files of a folder are.</summary>
    public static ShapesFolder At(string folder) => new(Path.Combine(folder, "images"),
        Path.Combine(folder, "instances_train.json"), Path.Combine(folder, "instances_val.json"),
        Path.Combine(folder, "instances_test.json"));
}
