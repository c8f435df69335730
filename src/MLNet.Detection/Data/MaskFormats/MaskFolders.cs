using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// A folder of pictures and one of masks, with equal names: maps of classes in 1 to 16 bits, with palettes (Pascal
/// VOC), in
/// colours (CVAT's segmentation masks, with labelmap.txt), or maps of objects.
/// </summary>
internal sealed class MaskFolders : MaskFormat
{
    private const int Looks = 100;

    private static readonly string[] Pictures = ["images", "JPEGImages", "imgs", "image", "img"];

    private static readonly string[] Masks =
        ["SegmentationClass", "masks", "labels", "annotations", "mask", "label", "gt", "SegmentationObject"];

    // What is put behind a picture's name to name its mask.
    private static readonly string[] Suffixes = ["", "_mask", "_label", "-mask", "_gt"];

    private static readonly string[] VocClasses = ["aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
        "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
        "tvmonitor"];

    public override string Name => "masks";

    public override string Description => "a folder with pictures in images (or JPEGImages), and masks of the same names in "
        + "masks, labels or SegmentationClass, PNG; classes.txt may name the classes, split.json the parts";

    public override bool Recognizes(string path) => PictureFiles.Below(path, Pictures) is { } pictures
        && PictureFiles.Of(pictures).Count > 0 && PictureFiles.Below(path, Masks) is { } masks
        && PictureFiles.Of(masks).Any(IsPng);

    public override IReadOnlyList<string> Splits(string path) =>
        PictureFiles.Below(path, Pictures) is { } pictures ? new MaskParts(path, pictures).Names : [];

    public override DetectionDataset Load(string path, MaskOptions? options = null)
    {
        options ??= new();
        // A folder that holds the pictures itself, with masks elsewhere.
        var pictures = PictureFiles.Below(path, Pictures) ?? path;
        var masks = options.MaskFolder ?? PictureFiles.Below(path, Masks) ?? throw new DatasetException(path, "",
            "there is no folder of masks", $"Expected one called {string.Join(", ", Masks)}, or give it.");
        var objects = PictureFiles.Below(path, "SegmentationObject");
        var files = PictureFiles.Of(masks).Where(IsPng).GroupBy(file => PictureFiles.Stem(masks, file)).ToDictionary(group => group.Key, group => group.First());
        var parts = new MaskParts(path, pictures);
        if (options.Split is { } wanted && !parts.Names.Contains(wanted))
            throw new DatasetException(path, "", $"there is no part \"{wanted}\"",
                $"Expected {(parts.Names.Count > 0 ? string.Join(", ", parts.Names) : "none: it has no parts")}.");
        var found = PictureFiles.Of(pictures).Select(file => (File: file, Stem: PictureFiles.Stem(pictures, file)))
            .Where(picture => options.Split is null || parts.Has(options.Split, picture.Stem)).ToList();
        string? MaskOf(string stem) => Suffixes.Select(suffix => files.GetValueOrDefault(stem + suffix)).FirstOrDefault(f => f is not null);
        var list = Path.Combine(path, "classes.txt");
        if (options.Classes.Count == 0 && File.Exists(list))
            options = options with { Classes = [.. File.ReadAllLines(list).Select(line => line.Trim()).Where(n => n.Length > 0)] };
        options = options with { Classes = WithoutBackground(path, options.Classes) };
        string[] masked = [.. found.Select(picture => MaskOf(picture.Stem)).OfType<string>()];
        var meaning = Meaning(path, options, masked);
        CheckPalettes(meaning.Numbers, masked);
        var assembly = new MaskAssembly(path);
        foreach (var (file, stem) in found)
            assembly.Add(file, Path.GetRelativePath(pictures, file), (width, height) => MaskOf(stem) is { } mask
                ? Source(mask, meaning.Numbers, Path.Combine(objects ?? "", stem + ".png"), width, height) : null);
        return assembly.Build(meaning.Classes);
    }

    // Number 0 is background whether it is named or not: a list that begins with its name begins with 0.
    private static IReadOnlyList<string> WithoutBackground(string path, IReadOnlyList<string> classes) =>
        classes.Count == 0 || !classes[0].Trim('_').Equals("background", StringComparison.OrdinalIgnoreCase) ? classes
        : classes.Count > 1 ? [.. classes.Skip(1)] : throw new DatasetException(path, "",
            $"the only class that is named is '{classes[0]}'", "Name the classes beside it (classes.txt, Classes, or --classes).");

    private static MaskSource Source(string mask, MaskNumbers? numbers, string objects, int width, int height)
    {
        MaskNumbers.Check(mask, width, height);
        return numbers is null ? new InstanceMask(mask, width, height)
            : new ClassMask(mask, numbers, width, height, File.Exists(objects) ? objects : null);
    }

    // A look at some, as for numbers; the others are told when they are read.
    private static void CheckPalettes(MaskNumbers? numbers, IReadOnlyList<string> masks)
    {
        if (numbers is null || masks.Count == 0 || LabelPng.ReadFile(masks[0]).Kind != StoredKind.Palette)
            return;
        foreach (var mask in masks.Take(Looks))
            numbers.Palettes.Check(mask, LabelPng.ReadFile(mask));
    }

    private static bool IsPng(string file) => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase);

    // Classes, and what numbers stand for them; no numbers where they are those of objects.
    private static (IReadOnlyList<string> Classes, MaskNumbers? Numbers) Meaning(
        string path, MaskOptions options, IReadOnlyList<string> masks)
    {
        if (masks.Count == 0)
            return (options.Classes, MaskNumbers.InOrder(options.Classes.Count));
        var first = LabelPng.ReadFile(masks[0]);
        if (options.AreObjects ?? (first is { Bits: 16, Kind: StoredKind.Grey } && options.Classes.Count == 0))
            return options.Classes.Count > 1 ? throw new ArgumentException($"{path}: masks of objects have one class, but "
                + $"{options.Classes.Count} are named.") : (options.Classes.Count == 1 ? options.Classes : ["object"], null);
        var colors = Path.Combine(path, "labelmap.txt");
        if (File.Exists(colors))
            return Colored(LabelColors.Read(colors), first.Kind);
        if (options.Classes.Count > 0)
            return (options.Classes, Numbers(options.Classes.Count, masks));
        if (Path.GetFileName(PictureFiles.Below(path, Masks) ?? "").Equals("SegmentationClass", StringComparison.OrdinalIgnoreCase)
            && first.Kind == StoredKind.Palette)
            return (VocClasses, MaskNumbers.InOrder(VocClasses.Length));
        return IsBinary(masks) ? (["object"], Numbers(1, masks)) : throw new DatasetException(path, "",
            "the masks have several numbers, and nothing says what they stand for",
            "Name the classes in the order of their numbers (Classes, or --classes), or say that they are numbers of objects "
            + "(AreObjects, or --objects).");
    }

    private static (IReadOnlyList<string>, MaskNumbers) Colored(LabelColors map, StoredKind kind) => (map.Classes,
        kind == StoredKind.Color
            ? new(map.Colors.Select((color, i) => (color, i)).ToDictionary(pair => pair.color, pair => (byte)pair.i))
            : MaskNumbers.InOrder(map.Classes.Count));

    // Of one class, 255 is the class where no other number is: black and white.
    private static MaskNumbers Numbers(int classes, IReadOnlyList<string> masks) => classes == 1 && IsBinary(masks)
        && !masks.Take(Looks).Any(mask => LabelPng.ReadFile(mask).Numbers.Contains(1))
            ? new(new Dictionary<int, byte> { [0] = 0, [255] = 1, [0xFFFFFF] = 1 }) : MaskNumbers.InOrder(classes);

    // A look at some tells; where others differ, the number that is of no class is refused when its mask is read.
    private static bool IsBinary(IReadOnlyList<string> masks) =>
        masks.Take(Looks).All(mask => LabelPng.ReadFile(mask).Numbers.All(number => number is 0 or 1 or 255 or 0xFFFFFF));
}
