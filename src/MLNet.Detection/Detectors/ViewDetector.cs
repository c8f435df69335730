using MLNet.Detection.Augmentation;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Finds objects in pictures by several views of each: windows of large pictures, mirrored pictures. What they find is
/// joined to one result, in pixels of the picture. One call at a time.
/// </summary>
/// <param name="detector">What is run; the caller disposes it.</param>
/// <param name="views">The views.</param>
/// <example><code>
/// using var detector = new Detector(DetectorModel.Load("model.onnx"));
/// var objects = new ViewDetector(detector, new() { Window = 640, Mirrored = true }).Detect([picture])[0];
/// </code></example>
public sealed class ViewDetector(Detector detector, DetectionViews views)
{
    private static readonly WeightedBoxFusion Average = new();

    /// <summary>Detects in any number of pictures.</summary>
    /// <exception cref="ArgumentException">A setting of the views is out of its range.</exception>
    public DetectedObject[][] Detect(IReadOnlyList<RgbImage> pictures) => [.. pictures.Select(Detect)];

    private DetectedObject[] Detect(RgbImage picture)
    {
        var windows = views.Windows(picture.Width, picture.Height);
        var parts = windows.Select(w => w.Width == picture.Width && w.Height == picture.Height ? picture
            : picture.Window(w.Left, w.Top, w.Width, w.Height)).ToList();
        var found = detector.Detect(parts);
        if (views.Mirrored)
        {
            var mirrored = detector.Detect([.. parts.Select(HorizontalFlip.Flip)]);
            for (var i = 0; i < found.Length; i++)
            {
                var (own, width) = (mirrored[i], parts[i].Width);
                found[i] = Average.Fuse(
                    [found[i], [.. own.Select(o => o with { Box = HorizontalFlip.Flip(o.Box, width) })]]);
            }
        }
        if (windows.Count == 1)
            return [.. found[0].Take(views.MaxDetections)];
        return ViewedObject.Joined(
            [.. found.Zip(windows).SelectMany(pair => pair.First.Select(
                o => ViewedObject.Of(o, pair.Second, picture.Width, picture.Height)))],
            views.IouThreshold, views.MaxDetections);
    }
}
