using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// Cityscapes: pictures in <c>leftImg8bit/PART/CITY</c>, masks in <c>gtFine/PART/CITY</c> by label or training ids; the 19
/// classes of its benchmark, all else does not count. https://www.cityscapes-dataset.com
/// </summary>
internal sealed class CityscapesMasks : MaskFormat
{
    private static readonly string[] Classes = ["road", "sidewalk", "building", "wall", "fence", "pole", "traffic light",
        "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle",
        "bicycle"];

    // Its label ids of these classes.
    private static readonly int[] Ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33];

    public override string Name => "cityscapes";

    public override string Description => "a folder with leftImg8bit and gtFine";

    public override bool Recognizes(string path) => Pictures(path) is not null && Masks(path) is not null;

    public override IReadOnlyList<string> Splits(string path) => Pictures(path) is not { } pictures ? []
        : [.. ((string[])["train", "val", "test"]).Where(part => Directory.Exists(Path.Combine(pictures, part)))];

    public override DetectionDataset Load(string path, MaskOptions? options = null)
    {
        options ??= new();
        if (options.Classes.Count > 0 && !options.Classes.SequenceEqual(Classes))
            throw new ArgumentException($"{path}: Cityscapes has its own classes; leave {nameof(options.Classes)} empty.");
        var (pictures, masks) = (Pictures(path), options.MaskFolder ?? Masks(path));
        if (pictures is null || masks is null)
            throw new DatasetException(path, "", "leftImg8bit or gtFine is missing", "Give the folder that holds both.");
        var assembly = new MaskAssembly(path);
        foreach (var file in PictureFiles.Of(Path.Combine(pictures, options.Split ?? "")))
        {
            var name = Path.GetRelativePath(pictures, file);
            var stem = Path.Combine(masks, Path.ChangeExtension(name, null).Replace("_leftImg8bit", "", StringComparison.Ordinal));
            assembly.Add(file, name, (width, height) => Source(stem, width, height));
        }
        return assembly.Build(Classes);
    }

    private static ClassMask? Source(string stem, int width, int height)
    {
        foreach (var quality in (string[])["_gtFine", "_gtCoarse", ""])
            foreach (var (kind, numbers) in new[] { ("_labelIds", LabelIds()), ("_labelTrainIds", TrainIds()) })
                if (File.Exists(stem + quality + kind + ".png"))
                {
                    MaskNumbers.Check(stem + quality + kind + ".png", width, height);
                    return new(stem + quality + kind + ".png", numbers, width, height);
                }
        return null;
    }

    private static MaskNumbers LabelIds() => new(Enumerable.Range(0, 256).ToDictionary(id => id,
        id => Array.IndexOf(Ids, id) is >= 0 and var own ? (byte)(own + 1) : LabelMap.Ignored));

    private static MaskNumbers TrainIds() => new(Enumerable.Range(0, 256).ToDictionary(id => id,
        id => id < Classes.Length ? (byte)(id + 1) : LabelMap.Ignored));

    private static string? Pictures(string path) => PictureFiles.Below(path, "leftImg8bit", "imgsFine");

    private static string? Masks(string path) => PictureFiles.Below(path, "gtFine", "gtCoarse");
}
