using System.CommandLine;
using MLNet.Detection.Data;
using MLNet.Detection.Data.Inspection;

namespace MLNet.Detection.Tool.Datasets;

/// <summary>The data set that a verb reads: a file or folder, or a file for each of its parts.</summary>
internal sealed class DatasetSources
{
    private readonly Argument<string[]> _sources = new("source")
    {
        Description = "The data set: a file or folder. Parts that lie in files of their own: train=a.json val=b.json",
        Arity = ArgumentArity.OneOrMore,
        // What is no option of the verb would be taken for a file.
        Validators =
        {
            words =>
            {
                foreach (var word in words.Tokens.Select(token => token.Value).Where(word => word.StartsWith('-') && !System.IO.Path.Exists(word)))
                    words.AddError($"'{word}' is no option of this verb, and no file.");
            },
        },
    };
    private readonly Option<string?> _format = new("--format", "--from")
    {
        Description = $"{Formats}. Without it: found out from the files.",
    };
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Folder of the pictures, where the format does not say it.",
    };
    private readonly Option<string?> _split = new("--split")
    {
        Description = "The part of a source that has parts. Without it: each.",
    };
    private readonly Option<bool> _skip = new("--skip-missing")
    {
        Description = "Leave out images whose file does not exist.",
    };

    /// <summary>The names of all formats.</summary>
    public static string Formats => string.Join(", ", DatasetFormat.All.Select(format => format.Name));

    public void AddTo(Command verb)
    {
        verb.Arguments.Add(_sources);
        foreach (var option in new Option[] { _format, _images, _split, _skip })
            verb.Options.Add(option);
    }

    /// <summary>The parts, with the same classes: those of the first, then those that only later ones have.</summary>
    /// <param name="given">The options.</param>
    /// <param name="outlines">Whether outlines are read beside boxes, where there are some.</param>
    public IReadOnlyList<DatasetSplit> Load(ParseResult given, bool outlines = false)
    {
        var parts = new List<DatasetSplit>();
        foreach (var source in given.GetValue(_sources)!)
            parts.AddRange(Parts(given, source, outlines));
        return DatasetInspection.SameClasses(parts);
    }

    /// <summary>The parts with masks, where the sources are of a form that has them; else null.</summary>
    /// <param name="given">The options.</param>
    /// <param name="outlines">Whether formats of boxes with outlines count.</param>
    /// <param name="meaning">What the numbers of masks are.</param>
    public IReadOnlyList<DatasetSplit>? LoadMasks(ParseResult given, bool outlines, MaskOptions meaning)
    {
        var parts = new List<DatasetSplit>();
        foreach (var source in given.GetValue(_sources)!)
        {
            var (name, path) = Named(source);
            var named = given.GetValue(_format);
            var format = named is null ? MaskFormat.All.FirstOrDefault(form => Path.Exists(path) && form.Recognizes(path))
                : MaskFormat.All.FirstOrDefault(form => form.Name == named);
            if (format is null || !outlines && DatasetFormat.All.Any(form => form.Name == format.Name))
                return null;
            string[] splits = given.GetValue(_split) is { } one ? [one] : name.Length == 0 && format.Splits(path) is { Count: > 0 } all
                ? [.. all] : [""];
            parts.AddRange(splits.Select(split => new DatasetSplit(name.Length > 0 ? name : split, format.Load(path, meaning with
            {
                ImageFolder = given.GetValue(_images), Split = split.Length > 0 ? split : null,
            }))));
        }
        return parts;
    }

    /// <summary>The files and folders that are read as a format; a file that says where the others are stands for its folder
    /// too.</summary>
    /// <param name="given">The options.</param>
    /// <param name="format">Name of the format.</param>
    public IEnumerable<string> Files(ParseResult given, string format)
    {
        foreach (var (_, path) in given.GetValue(_sources)!.Select(Named))
        {
            if (System.IO.Path.GetFileName(path).Contains('*'))
                foreach (var file in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!,
                    System.IO.Path.GetFileName(path)))
                    yield return file;
            else if (File.Exists(path) || IsOf(format, given.GetValue(_format), path))
                yield return path;
            if (File.Exists(path) && IsOf(format, given.GetValue(_format), path))
                yield return System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        }
    }

    private static bool IsOf(string format, string? named, string path) => named is not null
        ? named.Equals(format, StringComparison.OrdinalIgnoreCase)
        : DatasetFormat.All.Any(form => form.Name == format && form.Recognizes(path))
            || MaskFormat.All.Any(form => form.Name == format && form.Recognizes(path));

    private static (string Name, string Path) Named(string source) =>
        !System.IO.Path.Exists(source) && source.Split('=', 2) is [var part, var file] ? (part, file) : ("", source);

    private IReadOnlyList<DatasetSplit> Parts(ParseResult given, string source, bool outlines)
    {
        var (name, path) = Named(source);
        var format = given.GetValue(_format) is { } named ? DatasetFormat.Named(named) : DatasetFormat.Detect(path);
        Console.Out.WriteLine($"{path}: {format.Name}");
        var options = new DatasetOptions
        {
            Split = given.GetValue(_split),
            ImageFolder = given.GetValue(_images),
            Outlines = outlines,
            MissingImages = given.GetValue(_skip) ? MissingImages.Skip : MissingImages.Error,
        };
        return name.Length > 0 ? [new(name, format.Load(path, options))] : format.LoadSplits(path, options);
    }
}
