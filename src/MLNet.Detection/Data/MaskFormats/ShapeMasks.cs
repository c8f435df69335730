using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>A format of boxes whose objects also have outlines: polygons or run lengths.</summary>
internal sealed class ShapeMasks(DatasetFormat format) : MaskFormat
{
    public override string Name => format.Name;

    public override string Description => $"{format.Description}, with polygons or run lengths";

    public override bool Recognizes(string path) => format.Recognizes(path);

    public override IReadOnlyList<string> Splits(string path) => format.Splits(path);

    public override DetectionDataset Load(string path, MaskOptions? options = null)
    {
        options ??= new();
        var read = format.Load(path, new()
        {
            Outlines = true, Split = options.Split, ImageFolder = options.ImageFolder,
            Categories = options.Classes.Count > 0 ? options.Classes : null,
        });
        if (read.Categories.Length > LabelMap.MostClasses)
            throw new DatasetException(path, "", $"there are {read.Categories.Length} classes", $"At most {LabelMap.MostClasses} can "
                + "be told apart in a mask; choose some by their names (Classes, or --classes).");
        var bare = read.Images.Sum(image => image.Boxes.Count(box => box.Outline is null && !box.Crowd));
        if (read.BoxCount > 0 && bare == read.BoxCount)
            throw new DatasetException(path, "", $"none of {bare} objects has an outline", "Boxes alone tell nothing of pixels; "
                + "train a detector (--task detect), or export the annotations with polygons or masks.");
        var problems = read.Problems.ToList();
        if (bare > 0)
            problems.Add(new(read.Source, "", $"{bare} objects have a box and no outline; their pixels do not count"));
        return new(read.Source, read.Categories, read.Images.Select(image => image with
        {
            Mask = new ObjectShapes(image.Width, image.Height, image.Boxes),
        }), problems);
    }
}
