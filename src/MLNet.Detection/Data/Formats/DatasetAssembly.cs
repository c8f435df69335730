using MLNet.Detection.Images;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Puts a data set together from images whose boxes name their classes: finds the pictures, numbers the classes,
/// checks the boxes.
/// </summary>
/// <param name="source">The annotation file or folder, for messages.</param>
/// <param name="folder">Finds the pictures.</param>
/// <param name="categories">The class names; null to collect them.</param>
internal sealed class DatasetAssembly(string source, ImageFolder folder, IReadOnlyList<string>? categories)
{
    private readonly Dictionary<string, int> _categories = Numbered(categories);
    private readonly List<DatasetProblem> _problems = [];
    private readonly List<LabeledImage> _images = [];
    private readonly SortedDictionary<string, int> _unread = new(StringComparer.Ordinal);
    private long _lastBoxId;

    /// <summary>Counts something that a data set of boxes does not hold.</summary>
    public void AddUnread(string what, int count = 1)
    {
        if (count > 0)
            _unread[what] = _unread.GetValueOrDefault(what) + count;
    }

    public void AddProblem(DatasetProblem problem) => _problems.Add(problem);

    public void Add(FoundImage image)
    {
        if (folder.Resolve(image.FileName, image.Place) is not { } path)
            _problems.Add(image.Place.Problem(
                $"the image file {image.FileName} does not exist; skipped with its boxes"));
        else if ((image.Size ?? SizeOf(path, image)) is var (width, height))
            _images.Add(new(
                image.Id ?? _images.Count + 1, image.FileName.Replace('\\', '/'), path, width, height,
                Boxes(image, width, height).AsReadOnly()));
    }

    /// <summary>The data set; classes that were not given count from 1 in the order of their names.</summary>
    /// <param name="firstId">Id of the first class.</param>
    public DetectionDataset Build(int firstId = 1)
    {
        var names = categories ?? [.. _categories.Keys.Order(StringComparer.Ordinal)];
        var index = names.Select((name, i) => (name, i)).ToDictionary(pair => _categories[pair.name], pair => pair.i);
        var images = categories is not null ? _images : _images.Select(image => image with
        {
            Boxes = [.. image.Boxes.Select(box => box with { Category = index[box.Category] })],
        });
        return new(source, names.Select((name, i) => new Category(firstId + i, name)), images, _problems,
            _unread.Select(pair => new ConversionLoss(pair.Key, pair.Value)));
    }

    private static Dictionary<string, int> Numbered(IReadOnlyList<string>? names)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var name in names ?? [])
            if (!numbers.TryAdd(name, numbers.Count))
                throw new ArgumentException($"The class \"{name}\" is given twice.");
        return numbers;
    }

    private (int Width, int Height)? SizeOf(string path, FoundImage image)
    {
        if (folder.Missing == MissingImages.Unchecked)
            throw image.Place.Error(
                $"the size of {image.FileName} is not in the annotations",
                $"Load without {nameof(MissingImages)}.{nameof(MissingImages.Unchecked)}: sizes are read off the "
                + "pictures.");
        try
        {
            var header = ImageHeader.ReadFile(path);
            return (header.Width, header.Height);
        }
        catch (UnreadableImageException error)
        {
            _problems.Add(image.Place.Problem($"{error.Found}; skipped with its boxes"));
            return null;
        }
    }

    private List<LabeledBox> Boxes(FoundImage image, int width, int height)
    {
        var check = new BoxCheck(_problems);
        var (scaleX, scaleY) = image.Normalized ? (width, height) : (1, 1);
        var boxes = new List<LabeledBox>(image.Boxes.Count);
        foreach (var found in image.Boxes)
            if (check.Admit(found.X0 * scaleX, found.Y0 * scaleY, found.X1 * scaleX, found.Y1 * scaleY, width, height,
                found.Place) is { } box)
                boxes.Add(new(box, Category(found), ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0),
                    found.Crowd, found.Difficult, ++_lastBoxId));
        return boxes;
    }

    private int Category(FoundBox box)
    {
        if (_categories.TryGetValue(box.Label, out var category))
            return category;
        if (categories is not null)
            throw box.Place.Error(
                $"the class \"{box.Label}\" is not among {string.Join(", ", categories)}",
                "Add it to the classes, or remove the box.");
        return _categories[box.Label] = _categories.Count;
    }
}
