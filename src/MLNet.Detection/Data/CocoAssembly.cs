using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>Checks the lists of a COCO file against each other and puts the data set together.</summary>
internal sealed class CocoAssembly(JsonSource file, ImageFolder folder)
{
    private readonly List<DatasetProblem> _problems = [];
    private Dictionary<int, Outline> _outlines = [];
    private readonly Dictionary<long, int> _categories = [];
    private readonly Dictionary<long, CocoContent.Image> _images = [];
    private readonly Dictionary<long, string> _paths = [];
    private readonly Dictionary<long, (int Width, int Height)> _sizes = [];
    private readonly Dictionary<long, List<LabeledBox>> _boxes = [];

    public DetectionDataset Build(CocoContent content)
    {
        var named = AddCategories(content.Categories);
        AddImages(content.Images);
        _outlines = content.Outlines;
        AddAnnotations(content.Annotations);
        var images = content.Images.Where(image => _paths.ContainsKey(image.Id)).Select(image => new LabeledImage(
            image.Id, folder.NameOf(image.FileName).Replace('\\', '/'), _paths[image.Id], _sizes[image.Id].Width,
            _sizes[image.Id].Height, _boxes[image.Id].AsReadOnly()));
        return new(file.File, named, images, _problems,
            ConversionLoss.List(("segmentations", content.Segmentations), ("keypoints", content.Keypoints)));
    }

    // A class without a name is none: its number is -1.
    private List<Category> AddCategories(List<CocoContent.Category> categories)
    {
        if (categories.Count == 0)
            throw file.Place(new("categories")).Error("the list is empty", "List the classes, each with id and name.");
        var (named, first) = (new List<Category>(), new Dictionary<long, JsonPlace>());
        foreach (var category in categories)
        {
            if (!first.TryAdd(category.Id, category.At))
                throw Duplicate(category.At, "category", category.Id, first[category.Id]);
            var name = category.Name.Trim();
            _categories.Add(category.Id, name.Length > 0 ? named.Count : -1);
            if (named.Find(other => other.Name == name) is { } same)
                _problems.Add(file.Place(category.At).Problem($"the categories {same.Id} and {category.Id} are both named '{name}'; where "
                    + "classes are found by their names, they are one"));
            if (name.Length > 0)
                named.Add(new(category.Id, name));
            else
                _problems.Add(file.Place(category.At).Problem("the category has no name; dropped with its boxes",
                    DatasetProblemKind.NoClass));
        }
        return named;
    }

    private void AddImages(List<CocoContent.Image> images)
    {
        var seen = new Dictionary<string, long>();
        foreach (var image in images)
        {
            var place = file.Place(image.At, image.Id);
            if (!_images.TryAdd(image.Id, image))
                throw Duplicate(image.At, "image", image.Id, _images[image.Id].At);
            if (image.Width > int.MaxValue || image.Height > int.MaxValue)
                throw place.Error($"the image is {image.Width} x {image.Height} pixels", "Write its true size.");

            _boxes.Add(image.Id, []);
            if (folder.Resolve(folder.NameOf(image.FileName), place) is not { } path)
                _problems.Add(place.Problem($"the image file {image.FileName} does not exist; skipped with its boxes",
                    DatasetProblemKind.NoPicture));
            else if ((image is { Width: > 0, Height: > 0 } ? ((int)image.Width, (int)image.Height)
                : PictureSize.Read(path, image.FileName, place, folder, _problems)) is { } size)
            {
                _paths.Add(image.Id, path);
                _sizes.Add(image.Id, size);
                if (!seen.TryAdd(path, image.Id))
                    _problems.Add(place.Problem($"the picture {image.FileName} is image {seen[path]} as well; it "
                        + "counts twice, each time with other boxes", DatasetProblemKind.OtherPicture));
            }
        }
    }

    private void AddAnnotations(List<CocoContent.Annotation> annotations)
    {
        var seen = new Dictionary<long, int>(annotations.Count);
        var unit = new BoxUnit();
        foreach (var annotation in annotations)
        {
            if (!seen.TryAdd(annotation.Id, annotation.Index))
                throw Duplicate(
                    annotation.At, "annotation", annotation.Id, annotations[seen[annotation.Id]].At);
            if (!_images.ContainsKey(annotation.ImageId))
                throw Unknown(annotation, "image_id", annotation.ImageId, "images");
            if (!_categories.ContainsKey(annotation.CategoryId))
                throw Unknown(annotation, "category_id", annotation.CategoryId, "categories");
            var (x, y, width, height) = annotation.Box;
            unit.Look(x, y, x + width, y + height, PlaceOf(annotation));
        }
        var areParts = unit.AreParts(file.File, _problems);
        var check = new BoxCheck(_problems, areParts);
        foreach (var annotation in annotations)
            if (_sizes.TryGetValue(annotation.ImageId, out var size)
                && Admit(annotation, size, areParts ? size : (1, 1), check) is { } label)
                _boxes[annotation.ImageId].Add(label);
    }

    private LabeledBox? Admit(in CocoContent.Annotation annotation, (int Width, int Height) size,
        (int X, int Y) scale, BoxCheck check)
    {
        var category = _categories[annotation.CategoryId];
        if (category < 0)
        {
            _problems.Add(PlaceOf(annotation).Problem("the box names no class; dropped", DatasetProblemKind.NoClass));
            return null;
        }
        var (x, y, width, height) = annotation.Box;
        var admitted = check.Admit(x * scale.X, y * scale.Y, (x + width) * scale.X, (y + height) * scale.Y, size.Width,
            size.Height, PlaceOf(annotation));
        if (admitted is not { } box)
            return null;
        var pixels = (double)scale.X * scale.Y;
        var inside = ((double)box.X1 - box.X0) * ((double)box.Y1 - box.Y0);
        var clipped = inside < 0.999 * width * height * pixels;
        var declared = annotation.Area > 2 ? annotation.Area : annotation.Area * pixels;   // no part is more than all
        var area = double.IsNaN(declared) ? inside : clipped ? Math.Min(declared, inside) : declared;
        return new(box, category, area, annotation.Crowd, annotation.Difficult, annotation.Id)
        {
            Outline = OutlineOf(annotation, size, scale),
        };
    }

    private Outline? OutlineOf(in CocoContent.Annotation annotation, (int Width, int Height) size, (int X, int Y) scale)
    {
        if (_outlines.GetValueOrDefault(annotation.Index) is not { } outline)
            return null;
        return outline is not RunLengthOutline run || (run.Width, run.Height) == size ? outline.Scaled(scale.X, scale.Y)
            : throw PlaceOf(annotation).Error($"its run lengths are of {run.Width} x {run.Height} pixels, its picture has "
                + $"{size.Width} x {size.Height}", "Export the annotations again.");
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
