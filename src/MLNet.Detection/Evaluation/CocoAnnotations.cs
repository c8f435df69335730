using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>
/// The true objects of a COCO or LVIS annotation file exactly as written, for evaluation: nothing is clipped or left
/// out, and no picture is looked for.
/// </summary>
public sealed class CocoAnnotations
{
    private CocoAnnotations(JsonSource file, CocoContent content)
    {
        Path = file.File;
        Categories = [.. content.Categories.Select(category => new Category(category.Id, category.Name))];
        FileNames = content.Images.DistinctBy(image => image.Id).ToDictionary(image => image.Id, image => image.FileName);
        GroundTruths = [.. content.Annotations.Select(annotation => Truth(annotation, file))];
        if (content.Images.Any(image => image.Negative is not null))
            LvisImages = [.. content.Images.Select(
                image => new LvisImage(image.Id, image.Negative ?? [], image.NotExhaustive ?? []))];
        if (content.Categories.All(category => category.Frequency is not null))
            LvisFrequencies = content.Categories.ToDictionary(c => c.Id, c => Frequency(c, file));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The categories, in the order of the file.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>Ids and file names of the pictures; a name is empty where the file has none.</summary>
    public IReadOnlyDictionary<long, string> FileNames { get; }

    /// <summary>All annotated objects.</summary>
    public IReadOnlyList<GroundTruth> GroundTruths { get; }

    /// <summary>What each picture is annotated for; null where the file is not federated.</summary>
    public IReadOnlyList<LvisImage>? LvisImages { get; }

    /// <summary>How common each category is; null where the file does not say.</summary>
    public IReadOnlyDictionary<long, LvisFrequency>? LvisFrequencies { get; }

    /// <summary>Reads an annotation file.</summary>
    /// <exception cref="DatasetException">
    /// The file cannot be read or is not well formed, or an annotation names a picture that is not there.
    /// </exception>
    public static CocoAnnotations Load(string path)
    {
        var file = new JsonSource(path);
        return new(file, new CocoParser(file, forEvaluation: true).Parse());
    }

    private GroundTruth Truth(in CocoContent.Annotation annotation, JsonSource file)
    {
        if (!FileNames.ContainsKey(annotation.ImageId))
            throw file.Place(annotation.At).Error(
                $"no picture has the id {annotation.ImageId}", "Export the annotations again.");
        var (x, y, width, height) = annotation.Box;
        var box = new BoxXywh(x, y, width, height);
        return new(annotation.ImageId, annotation.CategoryId, box)
        {
            Area = double.IsNaN(annotation.Area) ? box.Area : annotation.Area, IsCrowd = annotation.Crowd,
        };
    }

    private static LvisFrequency Frequency(CocoContent.Category category, JsonSource file) => category.Frequency switch
    {
        "r" => LvisFrequency.Rare,
        "c" => LvisFrequency.Common,
        "f" => LvisFrequency.Frequent,
        var other => throw file.Place(category.At.Key("frequency")).Error(
            $"the frequency is \"{other}\", expected r, c or f", "Correct it, or remove all of them."),
    };
}
