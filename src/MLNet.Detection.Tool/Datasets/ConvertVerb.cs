using System.CommandLine;
using MLNet.Detection.Data;
using MLNet.Detection.Masks;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Datasets;

/// <summary>Converts data sets of labelled boxes between formats, and says what did not survive.</summary>
internal sealed class ConvertVerb : Verb
{
    private const string Masks = "masks";
    private const int Listed = 10;

    private readonly DatasetSources _sources = new();
    private readonly Option<string> _to = new("--to") { Description = $"{DatasetSources.Formats}, or masks (PNG).", Required = true };
    private readonly Option<string> _output = new("--output")
    {
        Description = "The new file or folder.", Required = true,
    };
    private readonly Option<bool> _copy = new("--copy-images")
    {
        Description = "Copy the pictures to where the new format wants them.",
    };
    private readonly Option<string[]> _classes = new("--classes")
    {
        Description = "Names of the classes in the order of their numbers in masks, from 1. Without it: as the data set says.",
        AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _polygons = new("--polygons")
    {
        Description = "YOLO: polygons where the source has outlines, as for segmentation; else boxes. COCO and LabelMe keep both.",
    };
    private readonly Option<bool> _objects = new("--objects")
    {
        Description = "The numbers of masks are those of objects, all of one class.",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files that exist." };

    public ConvertVerb() : base("convert",
        "Converts data sets of labelled boxes between formats, and says what did not survive.")
    {
        _sources.AddTo(this);
        foreach (var option in new Option[] { _to, _output, _copy, _polygons, _classes, _objects, _overwrite })
            Options.Add(option);
    }

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        if (given.GetValue(_to) == Masks)
        {
            ToMasks(given, given.GetValue(_output)!);
            return;
        }
        var (target, path) = (DatasetFormat.Named(given.GetValue(_to)!), given.GetValue(_output)!);
        var (copy, overwrite) = (given.GetValue(_copy), given.GetValue(_overwrite));
        var parts = WithMasks(given, outlines: false) is { } masks
            ? [.. masks.Select(part => part with { Dataset = MaskObjects.Of(part.Dataset) })]
            : Boxes(given, target);
        KeepApart(given, target.Name, target.Files(parts, path));
        target.Save(parts, path, overwrite);
        foreach (var part in parts)
            Report(part, target);
        if (copy)
            foreach (var part in parts)
                CopyImages(part, target.ImageFolder(path, part.Name), overwrite);
        Console.Out.WriteLine(copy ? $"Copied the pictures below {target.ImageFolder(path)}."
            : $"The pictures belong below {target.ImageFolder(path)}; --copy-images copies them.");
    }

    private void ToMasks(ParseResult given, string path)
    {
        var parts = WithMasks(given, outlines: true) ?? throw new ArgumentException("--to masks needs masks or outlines; "
            + $"expected one of {string.Join("; ", MaskFormat.All.Select(form => $"{form.Name}: {form.Description}"))}.");
        KeepApart(given, Masks, [path]);
        MaskFolder.Save(parts, path, given.GetValue(_overwrite));
        foreach (var part in parts)
        {
            Console.Out.WriteLine($"{Prefix(part)}{part.Dataset.Images.Length} masks, {part.Dataset.Categories.Length} classes");
            Report(part.Dataset.Problems);
        }
        if (given.GetValue(_copy))
            foreach (var part in parts)
                CopyImages(part, Path.Combine(path, "images"), given.GetValue(_overwrite));
    }

    private IReadOnlyList<DatasetSplit> Boxes(ParseResult given, DatasetFormat target)
    {
        foreach (var option in new Option[] { _classes, _objects })
            if (IsGiven(given, option))
                throw new ArgumentException($"{option.Name} says what the numbers of masks are, but the source has none; leave it out.");
        var (isYolo, polygons) = (target == DatasetFormat.Yolo, given.GetValue(_polygons));
        if (polygons && !isYolo)
            throw new ArgumentException($"{_polygons.Name} is for --to yolo; {target.Name} "
                + (target.HoldsOutlines ? "keeps outlines without it." : "has no outlines."));
        return _sources.Load(given, outlines: target.HoldsOutlines && (polygons || !isYolo));
    }

    private IReadOnlyList<DatasetSplit>? WithMasks(ParseResult given, bool outlines)
    {
        var parts = _sources.LoadMasks(given, outlines, new()
        {
            Classes = given.GetValue(_classes)!, AreObjects = given.GetValue(_objects) ? true : null,
        });
        if (parts?.SelectMany(part => part.Dataset.Images).Any(image => image.Mask!.Read().Classes
            .Any(number => number is not (0 or LabelMap.Ignored))) is false)
            throw new DatasetException(parts[0].Dataset.Source, "", $"no pixel of {parts.Sum(part => part.Dataset.Images.Length)} pictures "
                + "shows a class: all are background, or do not count", "The masks are empty, or their numbers are others than those "
                + "of the classes (--classes, --objects).");
        return parts;
    }

    // Labels of one picture beside those of another replace nothing; those of the format they are read in do.
    private void KeepApart(ParseResult given, string target, IEnumerable<string> written)
    {
        RunFile Named(string meaning, string file) => new(meaning, Path.TrimEndingDirectorySeparator(Path.GetFullPath(file)));
        OutputPath.KeepApart(_sources.Files(given, target).Select(file => Named("a source", file)),
            written.Select(file => Named("--output", file)));
    }

    private static string Prefix(DatasetSplit part) => part.Name.Length > 0 ? part.Name + ": " : "";

    private static void Report(DatasetSplit part, DatasetFormat target)
    {
        var dataset = part.Dataset;
        Console.Out.WriteLine($"{Prefix(part)}{dataset.Images.Length} images, {dataset.BoxCount} boxes, "
            + $"{dataset.Categories.Length} classes");
        foreach (var loss in dataset.Unread.Concat(target.Losses(dataset)))
            Console.Out.WriteLine($"  lost: {loss}");
        Report(dataset.Problems);
    }

    private static void Report(IReadOnlyList<DatasetProblem> problems)
    {
        foreach (var problem in problems.Take(Listed))
            Console.Out.WriteLine($"  {problem}");
        if (problems.Count > Listed)
            Console.Out.WriteLine($"  and {problems.Count - Listed} more such problems");
    }

    private static void CopyImages(DatasetSplit part, string folder, bool replace)
    {
        foreach (var image in part.Dataset.Images)
        {
            var copied = Path.Combine(folder, image.FileName);
            Directory.CreateDirectory(Path.GetDirectoryName(copied)!);
            if (Path.GetFullPath(copied) != image.Path)
                File.Copy(image.Path, copied, replace);
        }
    }
}
