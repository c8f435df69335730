using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Reports;

/// <summary>Pictures with their true boxes and the predicted ones above the score that gives each class its best
/// F1.</summary>
/// <param name="groundTruths">The annotated objects of all pictures.</param>
/// <param name="detections">The detections in all pictures.</param>
/// <param name="analysis">Of both.</param>
public sealed class ScoredPictures(
    IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections, DetectionAnalysis analysis)
{
    private readonly ILookup<long, GroundTruth> _truths = groundTruths.ToLookup(truth => truth.ImageId);
    private readonly ILookup<long, DetectionResult> _results = detections.ToLookup(result => result.ImageId);
    private readonly Dictionary<long, (int Index, double Threshold)> _categories = analysis.Metrics.PerCategory.Index()
        .ToDictionary(entry => entry.Item.CategoryId, entry => (entry.Index, entry.Item.BestThreshold));

    /// <summary>The pictures with the most mistakes, the worst first.</summary>
    /// <param name="count">How many at most; fewer when fewer have mistakes.</param>
    public IReadOnlyList<long> Worst(int count) =>
        [.. analysis.Mistakes.OrderByDescending(image => image.Value).ThenBy(image => image.Key)
            .Take(count).Select(image => image.Key)];

    /// <summary>Reads pictures from the view that was evaluated.</summary>
    /// <param name="data">A view with the columns <see cref="DetectionColumns.Image"/> and
    /// <see cref="DetectionColumns.FileName"/>; nothing else is computed.</param>
    /// <param name="rows">Numbers of rows.</param>
    /// <returns>The pictures by row, without those that cannot be decoded.</returns>
    public IReadOnlyDictionary<long, ReportPicture> Read(IDataView data, IEnumerable<long> rows)
    {
        var wanted = rows.ToHashSet();
        var (image, name) = (data.Schema[DetectionColumns.Image], data.Schema[DetectionColumns.FileName]);
        var found = new Dictionary<long, ReportPicture>();
        using var decoder = new ImageDecoder();
        using var encoder = new ImageEncoder(ImageFormat.Jpeg);
        using var cursor = data.GetRowCursor([image, name]);
        var pictures = new RowPictureReader(cursor, image.Name, name.Name);
        while (wanted.Count > 0 && cursor.MoveNext())
            if (wanted.Remove(cursor.Position))
            {
                var row = pictures.Read();
                var encoded = row.Pixels is { } pixels ? encoder.Encode(pixels) : row.Encoded;
                if (Draw(cursor.Position, row.Name, encoded, decoder) is { } picture)
                    found[cursor.Position] = picture;
            }
        return found;
    }

    /// <summary>One picture; null when it cannot be decoded.</summary>
    /// <param name="imageId">The picture, as objects and detections name it.</param>
    /// <param name="name">The name to show.</param>
    /// <param name="encoded">The bytes of its file.</param>
    /// <param name="decoder">Tells its size.</param>
    public ReportPicture? Draw(long imageId, string name, byte[] encoded, ImageDecoder decoder)
    {
        try
        {
            var size = decoder.Decode(encoded, name);
            var found = _results[imageId].Where(result =>
                _categories.TryGetValue(result.CategoryId, out var category) && result.Score >= category.Threshold);
            return new(name, encoded, size.Width, size.Height,
                [.. found.Select(result => Box(result.Box, result.CategoryId, result.Score))],
                [.. _truths[imageId].Where(truth => _categories.ContainsKey(truth.CategoryId))
                    .Select(truth => Box(truth.Box, truth.CategoryId, 1))]);
        }
        catch (UnreadableImageException)
        {
            return null;
        }
    }

    private ReportBox Box(BoxXywh box, long category, double score) => new(
        new Box((float)box.X, (float)box.Y, (float)(box.X + box.Width), (float)(box.Y + box.Height)),
        _categories[category].Index, (float)score);
}
