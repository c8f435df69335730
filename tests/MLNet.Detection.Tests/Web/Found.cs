using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Web;

/// <summary>Objects as the library and as a page find them.</summary>
internal static class Found
{
    /// <summary>Those of each picture of scored rows.</summary>
    public static IReadOnlyList<IReadOnlyList<DetectedObject>> In(IDataView scored)
    {
        var pictures = new List<IReadOnlyList<DetectedObject>>();
        using var cursor = scored.GetRowCursor(scored.Schema);
        while (cursor.MoveNext())
        {
            var labels = Value<uint>(cursor, PredictionColumns.PredictedLabel);
            var boxes = Value<float>(cursor, PredictionColumns.PredictedBoundingBoxes);
            var scores = Value<float>(cursor, PredictionColumns.Score);
            pictures.Add([.. labels.Select((label, i) => new DetectedObject(
                new(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), (int)label - 1, scores[i]))]);
        }
        return pictures;
    }

    /// <summary>Those of a picture, as the page tells them.</summary>
    /// <param name="picture">The page's list.</param>
    /// <param name="scale">From the network's pixels to those of the picture.</param>
    public static IReadOnlyList<DetectedObject> In(JsonElement picture, float scale) =>
    [
        .. picture.EnumerateArray().Select(found => new DetectedObject(
            BoxConversion.ToBoxes([.. found.GetProperty("box").EnumerateArray().Select(x => scale * x.GetSingle())], BoxFormat.Xyxy)[0],
            found.GetProperty("class").GetInt32(), found.GetProperty("score").GetSingle())),
    ];

    /// <summary>Each object of one is one of the other; those at the thresholds, which rounding moves over them, do not
    /// count.</summary>
    public static void AreEqual(IReadOnlyList<DetectedObject> wanted, IReadOnlyList<DetectedObject> found, float least)
    {
        Assert.AreEqual(wanted.Count(one => one.Score > least), found.Count(one => one.Score > least), 1, "objects");
        foreach (var one in wanted.Where(one => one.Score > least))
            Assert.IsTrue(found.Any(other => other.Class == one.Class && Math.Abs(other.Score - one.Score) < 1e-4f
                && Near(one.Box, other.Box)), $"{one} is not among {string.Join(", ", found.Take(5))}");
    }

    private static bool Near(Box a, Box b) => Math.Abs(a.X0 - b.X0) < 0.02f && Math.Abs(a.Y0 - b.Y0) < 0.02f
        && Math.Abs(a.X1 - b.X1) < 0.02f && Math.Abs(a.Y1 - b.Y1) < 0.02f;

    private static T[] Value<T>(DataViewRow row, string name)
    {
        var value = default(VBuffer<T>);
        row.GetGetter<VBuffer<T>>(row.Schema[name])(ref value);
        return [.. value.DenseValues()];
    }
}
