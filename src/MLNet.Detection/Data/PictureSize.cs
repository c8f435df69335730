using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>Sizes that annotations leave out, or give as 0, are those of the picture's head.</summary>
internal static class PictureSize
{
    /// <summary>Width and height of the upright picture; null, and a problem, where it cannot be read.</summary>
    /// <exception cref="DatasetException">Pictures are not to be looked at.</exception>
    public static (int Width, int Height)? Read(
        string path, string fileName, AnnotationPlace place, ImageFolder folder, List<DatasetProblem> problems)
    {
        if (folder.Missing == MissingImages.Unchecked)
            throw place.Error(
                $"the size of {fileName} is not in the annotations",
                $"Load without {nameof(MissingImages)}.{nameof(MissingImages.Unchecked)}: sizes are read off the "
                + "pictures.");
        try
        {
            var header = ImageHeader.ReadFile(path);
            return (header.Width, header.Height);
        }
        catch (UnreadableImageException error)
        {
            problems.Add(place.Problem($"{error.Found}; skipped with its boxes", DatasetProblemKind.NoPicture));
            return null;
        }
    }
}
