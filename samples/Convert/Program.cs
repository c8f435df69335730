// Converts data sets of labelled boxes between formats, and says what did not survive.
//   dotnet run --project samples/Convert -- data.yaml --to coco --output annotations/instances.json
//   dotnet run --project samples/Convert -- train=train.json val=val.json --to yolo --output cells --copy-images
using System.CommandLine;
using MLNet.Detection.Data;

Argument<string[]> sources = new("source")
{
    Description = "The data set: a file or folder. Parts that lie in files of their own: train=a.json val=b.json",
    Arity = ArgumentArity.OneOrMore,
};
var formats = string.Join(", ", DatasetFormat.All.Select(format => format.Name));
Option<string?> from = new("--from") { Description = $"{formats}. Without it: found out from the files." };
Option<string> to = new("--to") { Description = formats, Required = true };
Option<string> output = new("--output") { Description = "The new file or folder.", Required = true };
Option<string?> images = new("--images") { Description = "Folder of the pictures, where the format does not say it." };
Option<string?> split = new("--split") { Description = "The part of a source that has parts. Without it: each." };
Option<bool> copy = new("--copy-images") { Description = "Copy the pictures to where the new format wants them." };
Option<bool> skip = new("--skip-missing") { Description = "Leave out images whose file does not exist." };
Option<bool> overwrite = new("--overwrite") { Description = "Let new files replace others of the same names." };
RootCommand command = new("Converts data sets of labelled boxes between formats.")
{
    sources, from, to, output, images, split, copy, skip, overwrite,
};
command.SetAction(Run);
return command.Parse(args).Invoke();

int Run(ParseResult given)
{
    try
    {
        Convert(given);
        return 0;
    }
    catch (Exception error) when (error is DatasetException or IOException or UnauthorizedAccessException
        or ArgumentException)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
}

void Convert(ParseResult given)
{
    var (target, path) = (DatasetFormat.Named(given.GetValue(to)!), given.GetValue(output)!);
    var parts = new List<DatasetSplit>();
    foreach (var source in given.GetValue(sources)!)
        parts.AddRange(Parts(given, source, parts.FirstOrDefault()?.Dataset));
    target.Save(parts, path, given.GetValue(overwrite));
    foreach (var part in parts)
        Report(part, target);
    if (given.GetValue(copy))
        foreach (var part in parts)
            CopyImages(part, target.ImageFolder(path, part.Name), given.GetValue(overwrite));
    Console.WriteLine(given.GetValue(copy) ? $"Copied the pictures below {target.ImageFolder(path)}."
        : $"The pictures belong below {target.ImageFolder(path)}; --copy-images copies them.");
}

IReadOnlyList<DatasetSplit> Parts(ParseResult given, string source, DetectionDataset? first)
{
    var (name, path) = !Path.Exists(source) && source.Split('=', 2) is [var part, var file]
        ? (part, file) : ("", source);
    var format = given.GetValue(from) is { } named ? DatasetFormat.Named(named) : DatasetFormat.Detect(path);
    Console.WriteLine($"{path}: {format.Name}");
    var options = new DatasetOptions
    {
        Split = given.GetValue(split),
        ImageFolder = given.GetValue(images),
        Categories = first?.Categories.Select(category => category.Name).ToArray(),
        MissingImages = given.GetValue(skip) ? MissingImages.Skip : MissingImages.Error,
    };
    return name.Length > 0 ? [new(name, format.Load(path, options))] : format.LoadSplits(path, options);
}

void Report(DatasetSplit part, DatasetFormat target)
{
    const int Listed = 10;
    var (dataset, name) = (part.Dataset, part.Name.Length > 0 ? part.Name + ": " : "");
    Console.WriteLine($"{name}{dataset.Images.Length} images, {dataset.BoxCount} boxes, "
        + $"{dataset.Categories.Length} classes");
    foreach (var loss in dataset.Unread.Concat(target.Losses(dataset)))
        Console.WriteLine($"  lost: {loss}");
    foreach (var problem in dataset.Problems.Take(Listed))
        Console.WriteLine($"  {problem}");
    if (dataset.Problems.Length > Listed)
        Console.WriteLine($"  and {dataset.Problems.Length - Listed} more such problems");
}

void CopyImages(DatasetSplit part, string folder, bool replace)
{
    foreach (var image in part.Dataset.Images)
    {
        var copied = Path.Combine(folder, image.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(copied)!);
        if (Path.GetFullPath(copied) != image.Path)
            File.Copy(image.Path, copied, replace);
    }
}
