namespace MLNet.Detection.Data.Inspection;

/// <summary>
/// How often a class occurs. Sizes are COCO's: small below 32 x 32 square pixels, large from 96 x 96.
/// </summary>
/// <param name="Name">The class.</param>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Images">Images with at least one of them.</param>
/// <param name="Small">Small boxes.</param>
/// <param name="Medium">Medium boxes.</param>
/// <param name="Large">Large boxes.</param>
public sealed record ClassStatistics(string Name, int Boxes, int Images, int Small, int Medium, int Large)
{
    private const double SmallArea = 32 * 32, LargeArea = 96 * 96;

    /// <summary>Every class of a data set, in one pass over its boxes.</summary>
    internal static IReadOnlyList<ClassStatistics> Of(DetectionDataset dataset)
    {
        var sizes = new int[dataset.Categories.Length, 3];
        var images = new int[dataset.Categories.Length];
        foreach (var image in dataset.Images)
        {
            foreach (var box in image.Boxes)
                sizes[box.Category, box.Area < SmallArea ? 0 : box.Area < LargeArea ? 1 : 2]++;
            foreach (var category in image.Boxes.Select(box => box.Category).Distinct())
                images[category]++;
        }
        return [.. dataset.Categories.Select((category, i) => new ClassStatistics(
            category.Name, sizes[i, 0] + sizes[i, 1] + sizes[i, 2], images[i], sizes[i, 0], sizes[i, 1], sizes[i, 2]))];
    }
}
