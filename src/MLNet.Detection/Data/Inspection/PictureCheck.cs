using System.Security.Cryptography;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data.Inspection;

/// <summary>Reads the pictures of all parts: unreadable ones, wrong sizes, the same file twice.</summary>
/// <param name="decode">Whether they are decoded.</param>
internal sealed class PictureCheck(bool decode) : IDisposable
{
    private readonly ImageDecoder _decoder = new();

    private readonly Dictionary<string, (string Split, LabeledImage Image)> _first = [];

    public IEnumerable<Suspicion> Find(DatasetSplit split)
    {
        foreach (var image in split.Dataset.Images)
            foreach (var suspicion in Find(split.Name, image))
                yield return suspicion;
    }

    public void Dispose() => _decoder.Dispose();

    private List<Suspicion> Find(string split, LabeledImage image)
    {
        var found = new List<Suspicion>();
        try
        {
            using var file = File.OpenRead(image.Path);
            if (AnnotatedSize.Difference(ImageHeader.Read(file, image.Path), image) is { } message)
                found.Add(Suspicion.Of(SuspicionKind.WrongSize, split, image, message));
            if (decode)
                _decoder.DecodeFile(image.Path);
            file.Position = 0;
            var hash = Convert.ToHexString(SHA256.HashData(file));
            if (_first.TryGetValue(hash, out var first))
                found.Add(Same(split, image, first.Split, first.Image));
            else
                _first.Add(hash, (split, image));
        }
        catch (UnreadableImageException error)
        {
            found.Add(Suspicion.Of(SuspicionKind.Unreadable, split, image, error.Found));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            found.Add(Suspicion.Of(SuspicionKind.Unreadable, split, image, error.Message));
        }
        return found;
    }

    private static Suspicion Same(string split, LabeledImage image, string firstSplit, LabeledImage first) =>
        split == firstSplit
            ? Suspicion.Of(SuspicionKind.SamePicture, split, image, $"the same picture as {first.FileName}")
            : Suspicion.Of(SuspicionKind.SamePictureInParts, split, image,
                $"the same picture as {first.FileName} in {firstSplit}");
}
