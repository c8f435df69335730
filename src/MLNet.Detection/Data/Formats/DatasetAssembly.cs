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
    private readonly ClassNumbers _classes = new(categories);
    private readonly List<DatasetProblem> _problems = [];
    private readonly List<LabeledImage?> _images = [];
    private readonly List<(int Index, FoundImage Image)> _undecided = [];
    private readonly Dictionary<string, string> _places = [];
    private readonly SortedDictionary<string, int> _unread = new(StringComparer.Ordinal);
    private readonly BoxUnit _unit = new();

    /// <summary>Where the pictures are.</summary>
    public ImageFolder Folder => folder;

    /// <summary>Counts something that a data set of boxes does not hold.</summary>
    public void AddUnread(string what, int count = 1)
    {
        if (count > 0)
            _unread[what] = _unread.GetValueOrDefault(what) + count;
    }

    public void AddProblem(DatasetProblem problem) => _problems.Add(problem);

    public void Add(FoundImage image)
    {
        if (!image.Normalized)
            foreach (var box in image.Boxes)
                _unit.Look(box.X0, box.Y0, box.X1, box.Y1, box.Place);
        _images.Add(null);
        // Boxes that may be parts of their picture wait until all others were seen.
        if (!image.Normalized && image.Boxes.Count > 0
            && image.Boxes.All(box => BoxUnit.MayBeParts(box.X0, box.Y0, box.X1, box.Y1)))
            _undecided.Add((_images.Count - 1, image));
        else
            _images[^1] = Checked(image, image.Normalized, guessed: false);
    }

    /// <summary>The data set; classes that were not given count from 1 in the order of their names.</summary>
    /// <param name="firstId">Id of the first class.</param>
    public DetectionDataset Build(int firstId = 1)
    {
        var areParts = _unit.AreParts(source, _problems);
        foreach (var (index, image) in _undecided)
            _images[index] = Checked(image, areParts, areParts);
        var (images, lastBox) = (new List<LabeledImage>(), 0L);
        foreach (var image in _images.OfType<LabeledImage>())
            images.Add(image with
            {
                Id = image.Id > 0 ? image.Id : images.Count + 1,
                Boxes = [.. image.Boxes.Select(box => box with
                {
                    Category = _classes.Final(box.Category), Id = ++lastBox,
                })],
            });
        return new(source, _classes.List(firstId), images, _problems,
            _unread.Select(pair => new ConversionLoss(pair.Key, pair.Value)));
    }

    private LabeledImage? Checked(FoundImage image, bool areParts, bool guessed)
    {
        var name = folder.NameOf(image.FileName);
        if (folder.Resolve(name, image.Place) is not { } path)
        {
            _problems.Add(image.Place.Problem($"the image file {image.FileName} does not exist; skipped with its boxes",
                DatasetProblemKind.NoPicture));
            return null;
        }
        if (!_places.TryAdd(path, image.Place.ToString()))
            _problems.Add(image.Place.Problem($"the picture {name} is annotated in {_places[path]} as well; it counts "
                + "twice, each time with other boxes", DatasetProblemKind.OtherPicture));
        if ((image.Size ?? PictureSize.Read(path, name, image.Place, folder, _problems)) is not var (width, height))
            return null;
        return new(image.Id ?? 0, name.Replace('\\', '/'), path, width, height,
            Boxes(image, width, height, areParts, guessed));
    }

    private List<LabeledBox> Boxes(FoundImage image, int width, int height, bool areParts, bool guessed)
    {
        var check = new BoxCheck(_problems, guessed);
        var (scaleX, scaleY, first) = areParts ? (width, height, 0) : (1, 1, image.FirstPixel);
        var boxes = new List<LabeledBox>(image.Boxes.Count);
        foreach (var found in image.Boxes)
            if (_classes.Number(found) is not { } category)
                _problems.Add(found.Place.Problem("the box names no class; dropped", DatasetProblemKind.NoClass));
            else if (check.Admit((found.X0 - first) * scaleX, (found.Y0 - first) * scaleY, found.X1 * scaleX,
                found.Y1 * scaleY, width, height, found.Place) is { } box)
                boxes.Add(new(box, category, ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0), found.Crowd,
                    found.Difficult) { Outline = found.Outline?.Scaled(scaleX, scaleY) });
        return boxes;
    }
}
