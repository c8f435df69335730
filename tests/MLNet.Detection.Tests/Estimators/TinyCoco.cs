using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Estimators;

/// <summary>A data set of five noisy pictures with the classes of <see cref="TinyDetector"/>; the last has no
/// box.</summary>
internal static class TinyCoco
{
    public static string Write(TemporaryFolder folder)
    {
        using var decoder = new ImageDecoder();
        var images = new List<LabeledImage>();
        for (var i = 0; i < 5; i++)
        {
            var path = folder.File($"{i}.png");
            File.WriteAllBytes(path, TinyDetector.Noise(i));
            var (width, height, _) = decoder.DecodeFile(path);
            LabeledBox[] boxes = [.. Enumerable.Range(0, 4 - i).Select(k => Box(i, k, width, height))];
            images.Add(new(100 + i, $"{i}.png", path, width, height, boxes));
        }
        var json = folder.File("tiny.json");
        CocoDataset.Save(new("tiny", [new(7, "cup"), new(9, "dog"), new(11, "owl")], images), json);
        return json;
    }

    private static LabeledBox Box(int image, int k, int width, int height)
    {
        var box = new Box(k * width / 5f, k * height / 6f, (k + 1.5f) * width / 6f, (k + 2f) * height / 6f);
        return new(box, k % 3, box.Area, Id: 10 * image + k + 1);
    }
}
