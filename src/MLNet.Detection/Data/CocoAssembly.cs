namespace MLNet.Detection.Data;

/// <summary>Checks the lists of a COCO file against each other and puts the data set together.</summary>
internal sealed class CocoAssembly(JsonSource file, ImageFolder folder)
{
    private readonly List<DatasetProblem> _problems = [];
    private readonly Dictionary<long, int> _categories = [];
    private readonly Dictionary<long, CocoContent.Image> _images = [];
    private readonly Dictionary<long, string> _paths = [];
    private readonly Dictionary<long, List<LabeledBox>> _boxes = [];

    public DetectionDataset Build(CocoContent content)
    {
        AddCategories(content.Categories);
        AddImages(content.Images);
        AddAnnotations(content.Annotations);
        var images = content.Images.Where(image => _paths.ContainsKey(image.Id)).Select(image => new LabeledImage(
            image.Id, image.FileName.Replace('\\', '/'), _paths[image.Id], (int)image.Width, (int)image.Height,
            _boxes[image.Id].AsReadOnly()));
        return new(file.File, content.Categories.Select(c => new Category(c.Id, c.Name)), images, _problems,
            ConversionLoss.List(("segmentations", content.Segmentations), ("keypoints", content.Keypoints)));
    }

    private void AddCategories(List<CocoContent.Category> categories)
    {
        if (categories.Count == 0)
            throw file.Place(new("categories")).Error("the list is empty", "List the classes, each with id and name.");
        foreach (var category in categories)
            if (!_categories.TryAdd(category.Id, _categories.Count))
                throw Duplicate(category.At, "category", category.Id, categories[_categories[category.Id]].At);
    }

    private void AddImages(List<CocoContent.Image> images)
    {
        foreach (var image in images)
        {
            var place = file.Place(image.At, image.Id);
            if (!_images.TryAdd(image.Id, image))
                throw Duplicate(image.At, "image", image.Id, _images[image.Id].At);
            if (image.Width is <= 0 or > int.MaxValue || image.Height is <= 0 or > int.MaxValue)
                throw place.Error($"the image is {image.Width} x {image.Height} pixels", "Write its true size.");

            _boxes.Add(image.Id, []);
            if (folder.Resolve(image.FileName, place) is { } path)
                _paths.Add(image.Id, path);
            else
                _problems.Add(place.Problem($"the image file {image.FileName} does not exist; skipped with its boxes"));
        }
    }

    private void AddAnnotations(List<CocoContent.Annotation> annotations)
    {
        var seen = new Dictionary<long, int>(annotations.Count);
        var check = new BoxCheck(_problems);
        foreach (var annotation in annotations)
        {
            if (!seen.TryAdd(annotation.Id, annotation.Index))
                throw Duplicate(
                    annotation.At, "annotation", annotation.Id, annotations[seen[annotation.Id]].At);
            if (!_images.TryGetValue(annotation.ImageId, out var image))
                throw Unknown(annotation, "image_id", annotation.ImageId, "images");
            if (!_categories.TryGetValue(annotation.CategoryId, out var category))
                throw Unknown(annotation, "category_id", annotation.CategoryId, "categories");
            if (Admit(annotation, image, category, check) is { } label)
                _boxes[image.Id].Add(label);
        }
    }

    private LabeledBox? Admit(
        in CocoContent.Annotation annotation, CocoContent.Image image, int category, BoxCheck check)
    {
        var (x, y, width, height) = annotation.Box;
        var admitted = check.Admit(
            x, y, x + width, y + height, (int)image.Width, (int)image.Height, PlaceOf(annotation));
        if (admitted is not { } box)
            return null;
        var inside = ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0);
        var clipped = inside < 0.999 * width * height;
        var declared = annotation.Area;
        var area = double.IsNaN(declared) ? inside : clipped ? Math.Min(declared, inside) : declared;
        return new(box, category, area, annotation.Crowd, annotation.Difficult, annotation.Id);
    }

    private AnnotationPlace PlaceOf(in CocoContent.Annotation annotation) =>
        file.Place(annotation.At, annotation.Id, annotation.ImageId);

    private DatasetException Duplicate(JsonPlace at, string kind, long id, JsonPlace first) =>
        file.Place(at).Error(
            $"the {kind} id {id} was already given to {first} in line {file.LineOf(first.Offset)}",
            "Make the ids distinct.");

    private DatasetException Unknown(in CocoContent.Annotation annotation, string key, long id, string list) =>
        PlaceOf(annotation).Error(
            $"{key} {id} is not among the {list}", $"Add it to \"{list}\", or remove the annotation.");
}
