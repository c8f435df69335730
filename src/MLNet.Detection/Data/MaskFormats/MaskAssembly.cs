using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>Puts a data set together from pictures and their masks: sizes are read off the pictures.</summary>
/// <param name="source">The data set, for messages.</param>
internal sealed class MaskAssembly(string source)
{
    private readonly List<LabeledImage> _images = [];
    private readonly List<DatasetProblem> _problems = [];

    /// <summary>Notes something that was left out.</summary>
    public void AddProblem(DatasetProblem problem) => _problems.Add(problem);

    /// <summary>Adds a picture.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="mask">Its mask, once its size is known; null for none.</param>
    public void Add(string path, string name, Func<int, int, MaskSource?> mask)
    {
        try
        {
            var header = ImageHeader.ReadFile(path);
            if (mask(header.Width, header.Height) is { } source)
                _images.Add(new(_images.Count + 1, name.Replace('\\', '/'), Path.GetFullPath(path), header.Width, header.Height, [])
                {
                    Mask = source,
                });
            else
                _problems.Add(new(path, "", "the picture has no mask; it is left out") { Kind = DatasetProblemKind.NoPicture });
        }
        catch (UnreadableImageException error)
        {
            _problems.Add(new(path, "", $"{error.Found}; the picture is left out") { Kind = DatasetProblemKind.NoPicture });
        }
    }

    /// <summary>The data set.</summary>
    /// <exception cref="DatasetException">It has no picture with a mask, or too many classes.</exception>
    public DetectionDataset Build(IReadOnlyList<string> classes)
    {
        if (_images.Count == 0)
            throw new DatasetException(source, "", "no picture has a mask"
                + (_problems.Count > 0 ? $"; the first problem: {_problems[0]}" : ""), "Check the folders of pictures and masks.");
        if (classes.Count > LabelMap.MostClasses)
            throw new DatasetException(source, "", $"there are {classes.Count} classes", $"At most {LabelMap.MostClasses} can be "
                + "told apart in a mask; join some.");
        return new(source, classes.Select((name, i) => new Category(i + 1, name)), _images, _problems);
    }
}
