using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>
/// The true objects of a COCO or LVIS annotation file exactly as written, for evaluation: nothing is clipped or left
/// out, and no picture is looked for.
/// </summary>
public sealed class CocoAnnotations
{
    private CocoAnnotations(string path, Document document)
    {
        Path = path;
        Categories = [.. document.Categories.Select(category => new Category(category.Id, category.Name))];
        FileNames = document.Images.DistinctBy(image => image.Id)
            .ToDictionary(image => image.Id, image => image.FileName ?? "");
        GroundTruths = [.. document.Annotations.Select(Truth)];
        if (document.Images.Any(image => image.Negative is not null))
            LvisImages = [.. document.Images.Select(
                image => new LvisImage(image.Id, image.Negative ?? [], image.NotExhaustive ?? []))];
        if (document.Categories.All(category => category.Frequency is not null))
            LvisFrequencies = document.Categories.ToDictionary(c => c.Id, c => Frequency(c.Frequency!));
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
    /// The file cannot be read or is not well formed, or an annotation names a picture or category that is not there.
    /// </exception>
    public static CocoAnnotations Load(string path) =>
        new(path, JsonFile.Read(path, stream => JsonSerializer.Deserialize<Document>(stream)!));

    private GroundTruth Truth(Annotation annotation, int index)
    {
        if (annotation.Box.Length != 4)
            throw Wrong(index, $"\"bbox\" has {annotation.Box.Length} numbers, expected [x, y, width, height]");
        if (!FileNames.ContainsKey(annotation.ImageId))
            throw Wrong(index, $"no picture has the id {annotation.ImageId}");
        var box = new BoxXywh(annotation.Box[0], annotation.Box[1], annotation.Box[2], annotation.Box[3]);
        return new GroundTruth(annotation.ImageId, annotation.CategoryId, box)
        {
            Area = annotation.Area ?? box.Area,
            IsCrowd = annotation.Crowd.ValueKind == JsonValueKind.True
                || annotation.Crowd.ValueKind == JsonValueKind.Number && annotation.Crowd.GetDouble() != 0,
        };
    }

    private DatasetException Wrong(int index, string found) =>
        new(Path, $"$.annotations[{index}]", found, "Export the annotations again.");

    private LvisFrequency Frequency(string letter) => letter switch
    {
        "r" => LvisFrequency.Rare,
        "c" => LvisFrequency.Common,
        "f" => LvisFrequency.Frequent,
        _ => throw new DatasetException(Path, "$.categories", $"a \"frequency\" is \"{letter}\", expected r, c or f",
            "Correct it, or remove all of them."),
    };

    private sealed record Document(
        [property: JsonPropertyName("images"), JsonRequired] Image[] Images,
        [property: JsonPropertyName("annotations"), JsonRequired] Annotation[] Annotations,
        [property: JsonPropertyName("categories"), JsonRequired] Kind[] Categories);

    private sealed record Image(
        [property: JsonPropertyName("id"), JsonRequired] long Id,
        [property: JsonPropertyName("file_name")] string? FileName,
        [property: JsonPropertyName("neg_category_ids")] long[]? Negative,
        [property: JsonPropertyName("not_exhaustive_category_ids")] long[]? NotExhaustive);

    private sealed record Kind(
        [property: JsonPropertyName("id"), JsonRequired] long Id,
        [property: JsonPropertyName("name"), JsonRequired] string Name,
        [property: JsonPropertyName("frequency")] string? Frequency);

    private sealed record Annotation(
        [property: JsonPropertyName("image_id"), JsonRequired] long ImageId,
        [property: JsonPropertyName("category_id"), JsonRequired] long CategoryId,
        [property: JsonPropertyName("bbox"), JsonRequired] double[] Box,
        [property: JsonPropertyName("area")] double? Area,
        [property: JsonPropertyName("iscrowd")] JsonElement Crowd);
}
