namespace MLNet.Detection.Data;

/// <summary>Turns the annotation files of a split into a data set.</summary>
internal sealed class VocAssembly
{
    private readonly IReadOnlyList<string> _names;
    private readonly Dictionary<string, int> _categories = [];
    private readonly ImageFolder _folder;
    private readonly double _shift;
    private readonly List<DatasetProblem> _problems = [];
    private readonly List<LabeledImage> _images = [];
    private readonly BoxCheck _check;
    private long _lastBoxId;

    public VocAssembly(IReadOnlyList<string> categories, ImageFolder folder, VocCoordinates coordinates)
    {
        _names = categories;
        _folder = folder;
        _shift = coordinates == VocCoordinates.OneBasedInclusive ? 1 : 0;
        _check = new(_problems);
        foreach (var name in categories)
            if (!_categories.TryAdd(name, _categories.Count))
                throw new ArgumentException($"The class \"{name}\" is given twice in {nameof(VocOptions.Categories)}.");
    }

    public void Add(long id, VocDocument document)
    {
        var boxes = document.Objects.Select(item => Read(item, document)).OfType<LabeledBox>().ToArray();
        if (_folder.Resolve(document.FileName, document.FileNamePlace) is { } path)
            _images.Add(new(
                id, document.FileName.Replace('\\', '/'), path, document.Width, document.Height, boxes.AsReadOnly()));
        else
            _problems.Add(document.FileNamePlace.Problem(
                $"the image file {document.FileName} does not exist; skipped with its boxes"));
    }

    public DetectionDataset Build(string source) =>
        new(source, _names.Select((name, index) => new Category(index + 1, name)), _images, _problems);

    private LabeledBox? Read(VocDocument.Object item, VocDocument document)
    {
        if (!_categories.TryGetValue(item.Name, out var category))
            throw item.Place.Error(
                $"the class \"{item.Name}\" is not among {string.Join(", ", _names)}",
                $"Add it to {nameof(VocOptions)}.{nameof(VocOptions.Categories)}, or remove the object.");
        var admitted = _check.Admit(
            item.XMin - _shift, item.YMin - _shift, item.XMax, item.YMax, document.Width, document.Height, item.Place);
        return admitted is not { } box ? null : new(
            box, category, ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0), Difficult: item.Difficult,
            Id: ++_lastBoxId);
    }
}
