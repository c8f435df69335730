using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>Whether pictures have the size that their annotations say.</summary>
internal static class AnnotatedSize
{
    private const int Looked = 500;

    /// <summary>What differs; null where nothing does.</summary>
    public static string? Difference(ImageHeader header, LabeledImage image)
    {
        if (header.Width == image.Width && header.Height == image.Height)
            return null;
        var turned = header.StoredWidth == image.Width && header.StoredHeight == image.Height
            ? $"; its EXIF data turn it ({header.Orientation}), but its boxes are those of the stored picture" : "";
        return $"the picture is {header.Width} x {header.Height} pixels, annotated as {image.Width} x {image.Height}"
            + turned;
    }

    /// <summary>A word on the first pictures of a data set; null where all are right, or cannot be read.</summary>
    public static string? Warning(DetectionDataset data)
    {
        string[] wrong = [.. data.Images.Take(Looked).Where(image => image.Width > 0)
            .Select(image => Found(image) is { } found ? $"{image.FileName}: {found}" : null).OfType<string>()];
        return wrong.Length == 0 ? null : $"{data.Source}: {(wrong.Length == 1 ? "one picture" : $"{wrong.Length} pictures")}"
            + $"{(data.Images.Length > Looked ? $" of the first {Looked}" : "")} with another size than annotated, so that boxes can lie "
            + $"in wrong places ({wrong[0]}). Correct the annotations; 'mlnet-detect report' lists all.";
    }

    private static string? Found(LabeledImage image)
    {
        try
        {
            using var file = File.OpenRead(image.Path);
            return Difference(ImageHeader.Read(file, image.Path), image);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UnreadableImageException)
        {
            return null; // said where it is decoded
        }
    }
}
