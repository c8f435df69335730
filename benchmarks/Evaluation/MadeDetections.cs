using System.Text.Json;
using MLNet.Detection.Evaluation;

namespace Benchmarks.Evaluation;

/// <summary>A made data set of COCO's size: each object is detected about four times, more or less well, and the rest of
/// the hundred detections of a picture are of nothing.</summary>
internal static class MadeDetections
{
    private const int Pictures = 5000, Categories = 80, Detections = 100, Side = 640;

    public static void Write(string annotationFile, string resultFile)
    {
        var random = new Random(1);
        var (truths, results) = (new List<GroundTruth>(), new List<DetectionResult>());
        for (var picture = 0; picture < Pictures; picture++)
        {
            GroundTruth[] objects = [.. Enumerable.Range(0, random.Next(15))
                .Select(_ => new GroundTruth(picture, random.Next(Categories), Anywhere(random)))];
            truths.AddRange(objects);
            for (var i = 0; i < Detections; i++)
            {
                var near = i < 4 * objects.Length ? objects[i / 4] : null;
                var category = near is not null && random.NextDouble() < 0.8
                    ? near.CategoryId : random.Next(Categories);
                results.Add(new(picture, category, near is null ? Anywhere(random) : Near(near.Box, random),
                    Math.Round(random.NextDouble(), 6)));
            }
        }
        CocoResults.Save(results, resultFile);
        using var stream = new FileStream(annotationFile, FileMode.CreateNew);
        JsonSerializer.Serialize(stream, new
        {
            images = Enumerable.Range(0, Pictures).Select(id => new { id, width = Side, height = Side }),
            categories = Enumerable.Range(0, Categories).Select(id => new { id, name = $"category {id}" }),
            annotations = truths.Index().Select(truth => new
            {
                id = truth.Index + 1, image_id = truth.Item.ImageId, category_id = truth.Item.CategoryId,
                bbox = (double[])[truth.Item.Box.X, truth.Item.Box.Y, truth.Item.Box.Width, truth.Item.Box.Height],
                area = truth.Item.Area, iscrowd = random.NextDouble() < 0.01 ? 1 : 0,
            }),
        });
    }

    private static BoxXywh Anywhere(Random random) => new(
        Place(random, 0, 340), Place(random, 0, 340), Place(random, 8, 300), Place(random, 8, 300));

    private static BoxXywh Near(BoxXywh box, Random random) => new(
        box.X + Place(random, -0.2, 0.2) * box.Width, box.Y + Place(random, -0.2, 0.2) * box.Height,
        box.Width * (1 + Place(random, -0.2, 0.2)), box.Height * (1 + Place(random, -0.2, 0.2)));

    private static double Place(Random random, double least, double most) =>
        Math.Round(least + (most - least) * random.NextDouble(), 2);
}
