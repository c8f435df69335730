using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MLNet.Detection.Data;

/// <summary>
/// Images with labelled boxes, read once and immutable. Category ids of the file are arbitrary numbers; everywhere else
/// in this library a category is its index here.
/// </summary>
public sealed class DetectionDataset
{
    private readonly FrozenDictionary<long, int> _indexById;

    /// <summary>
    /// Puts a data set together; the readers, see <see cref="DatasetFormat"/>, check files.
    /// </summary>
    /// <param name="source">The annotation file or folder, for messages.</param>
    /// <param name="categories">The classes; ids must be distinct.</param>
    /// <param name="images">The images.</param>
    /// <param name="problems">What was corrected or left out on load.</param>
    /// <param name="unread">What the files hold beside boxes.</param>
    /// <exception cref="ArgumentException">Two categories share an id.</exception>
    public DetectionDataset(
        string source,
        IEnumerable<Category> categories,
        IEnumerable<LabeledImage> images,
        IEnumerable<DatasetProblem>? problems = null,
        IEnumerable<ConversionLoss>? unread = null)
    {
        Source = source;
        Categories = [.. categories];
        Images = [.. images];
        Problems = [.. problems ?? []];
        Unread = [.. unread ?? []];
        _indexById = Categories.Select((category, index) => (category.Id, index))
            .ToDictionary(pair => pair.Id, pair => pair.index).ToFrozenDictionary();
    }

    /// <summary>The annotation file or folder.</summary>
    public string Source { get; }

    /// <summary>The classes; a box's category is an index into this list.</summary>
    public ImmutableArray<Category> Categories { get; }

    /// <summary>The images in the order of the annotation file.</summary>
    public ImmutableArray<LabeledImage> Images { get; }

    /// <summary>What was corrected or left out on load; empty when the annotations are clean.</summary>
    public ImmutableArray<DatasetProblem> Problems { get; }

    /// <summary>What the files hold beside boxes, such as segmentations, and how much of it.</summary>
    public ImmutableArray<ConversionLoss> Unread { get; }

    /// <summary>The number of boxes of all images.</summary>
    public int BoxCount => Images.Sum(image => image.Boxes.Count);

    /// <summary>
    /// The same images with other classes, found by their names: what a detector of these classes is trained on or
    /// measured with. Boxes of classes that are not wanted are left out; <see cref="Problems"/> counts them, class by class.
    /// </summary>
    /// <param name="names">The names wanted, in their order.</param>
    /// <exception cref="ArgumentException">A name is given twice, or none is in the data set.</exception>
    public DetectionDataset WithClasses(IReadOnlyList<string> names) => 
        ClassSelection.ByName(this, names).Apply();

    /// <summary>An error where there is nothing to learn or to measure: says why boxes were dropped.</summary>
    /// <exception cref="DatasetException">No image has an object.</exception>
    public void RequireObjects() => MissingObjects.Check(Source, Images.Length, Problems, BoxCount > 0);

    /// <summary>An error where two classes have one name: a detector could not tell which of them it finds.</summary>
    /// <exception cref="DatasetException">Two have; the message has their ids.</exception>
    public void RequireDistinctNames()
    {
        if (Categories.GroupBy(category => category.Name).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new DatasetException(Source, "categories", $"the ids {string.Join(" and ", same.Select(category => category.Id))} are "
                + $"both named '{same.Key}'", "Rename one, or give the boxes of both the same id and remove the other category.");
    }

    /// <summary>
    /// The index of the category with this id of the file; see <see cref="Categories"/> for the way back.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No category has this id.</exception>
    public int CategoryIndex(long id) =>
        _indexById.TryGetValue(id, out var index) ? index : throw new KeyNotFoundException(
            $"{Source}: no category has the id {id}; the ids are {string.Join(", ", Categories.Select(c => c.Id))}.");

    /// <summary>Tells whether a category has this id of the file, and its index.</summary>
    public bool TryCategoryIndex(long id, out int index) => _indexById.TryGetValue(id, out index);
}
