namespace MLNet.Detection.Data.Inspection;

/// <summary>How often a class occurs. Sizes are COCO's: small below 32 x 32 square pixels, large from 96 x 96.</summary>
/// <param name="Name">The class.</param>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Images">Images with at least one of them.</param>
/// <param name="Small">Small boxes.</param>
/// <param name="Medium">Medium boxes.</param>
/// <param name="Large">Large boxes.</param>
public sealed record ClassStatistics(string Name, int Boxes, int Images, int Small, int Medium, int Large)
{
    private const double SmallArea = 32 * 32, LargeArea = 96 * 96;

    internal static ClassStatistics Of(string name, int category, DetectionDataset dataset)
    {
        int images = 0, small = 0, medium = 0, large = 0;
        foreach (var image in dataset.Images)
        {
            var before = small + medium + large;
            foreach (var box in image.Boxes.Where(box => box.Category == category))
                _ = box.Area < SmallArea ? small++ : box.Area < LargeArea ? medium++ : large++;
            images += small + medium + large > before ? 1 : 0;
        }
        return new(name, small + medium + large, images, small, medium, large);
    }
}
